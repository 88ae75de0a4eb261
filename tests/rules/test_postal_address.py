"""Addresses as each country writes them, and the country where mail crosses a border."""

import pytest

from customers.rules.postal_address import PostalAddress, address_lines

PLACES = [
    (
        PostalAddress("Hauptstr. 5", "Hinterhaus", "10115", "Berlin", "", "DE"),
        ["Hauptstr. 5", "Hinterhaus", "10115 Berlin"],
    ),
    (PostalAddress("12 Mill Lane", "", "BA1 2AB", "Bath", "", "GB"), ["12 Mill Lane", "Bath", "BA1 2AB"]),
    (
        PostalAddress("1 Main St", "Suite 4", "94105", "San Francisco", "CA", "US"),
        ["1 Main St", "Suite 4", "San Francisco CA 94105"],
    ),
    (PostalAddress("3 rue Haute", "", "75008", "Paris", "", "FR"), ["3 rue Haute", "75008 Paris"]),
    (PostalAddress("5 Queen St", "", "6011", "Wellington", "", "NZ"), ["5 Queen St", "Wellington 6011"]),
    (PostalAddress("Box 7", "", "", "Dubai", "", "AE"), ["Box 7", "Dubai"]),
    (PostalAddress("1 Ginza", "", "104-0061", "Chuo", "Tokyo", "JP"), ["1 Ginza", "Chuo, Tokyo 104-0061"]),
]


@pytest.mark.parametrize(("address", "lines"), PLACES)
def test_place_is_written_as_its_country_does(address: PostalAddress, lines: list[str]) -> None:
    assert address_lines(address, names=("Ada",), sent_from=address.country) == ("Ada", *lines)


def test_country_stands_last_in_capitals_on_mail_abroad_only() -> None:
    berlin = PLACES[0][0]
    assert address_lines(berlin, names=("Ada",), sent_from="FR")[-1] == "GERMANY"
    assert address_lines(berlin, names=("Ada",), sent_from="")[-1] == "GERMANY"
    assert address_lines(berlin, names=("Ada",), sent_from="DE")[-1] == "10115 Berlin"


def test_name_that_is_company_and_person_is_written_once() -> None:
    bath = PLACES[1][0]
    assert address_lines(bath, names=("Ada Keller", "Ada Keller"), sent_from="GB")[:2] == ("Ada Keller", "12 Mill Lane")
    assert address_lines(bath, names=("Keller Ltd", ""), sent_from="GB")[:2] == ("Keller Ltd", "12 Mill Lane")
