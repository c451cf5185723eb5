//! Where the made-up customers are: address, currency, tax and the cards they pay with.

use crate::catalogue::tax;
use crate::model::Currency;

/// A town with all that follows from being there.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
    pub(crate) state: Option<&'static str>,
    pub(crate) line1: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) currency: Currency,
    pub(crate) tax_rate: Option<u8>,
    pub(crate) phone: &'static str,
    /// How often a customer is from here, against the others.
    pub(crate) weight: u64,
}

const fn place(
    at: [&'static str; 4],
    currency: Currency,
    tax_rate: Option<u8>,
    phone: &'static str,
    weight: u64,
) -> Place {
    let [line1, postal_code, city, country] = at;
    Place {
        city,
        country,
        state: None,
        line1,
        postal_code,
        currency,
        tax_rate,
        phone,
        weight,
    }
}

const fn american(
    at: [&'static str; 3],
    state: &'static str,
    tax_rate: Option<u8>,
    weight: u64,
) -> Place {
    let [line1, postal_code, city] = at;
    let place = place(
        [line1, postal_code, city, "US"],
        Currency::Usd,
        tax_rate,
        "+1415555",
        weight,
    );
    Place {
        state: Some(state),
        ..place
    }
}

/// Every place, in an order that never changes.
pub(crate) static PLACES: [Place; 14] = [
    american(
        ["500 Howard Street", "94105", "San Francisco"],
        "CA",
        None,
        26,
    ),
    american(
        ["88 Greene Street", "10012", "New York"],
        "NY",
        Some(tax::NEW_YORK),
        18,
    ),
    american(
        ["301 Congress Avenue", "78701", "Austin"],
        "TX",
        Some(tax::TEXAS),
        14,
    ),
    american(["1201 3rd Avenue", "98101", "Seattle"], "WA", None, 10),
    place(
        ["1 Spadina Crescent", "M5S 2J5", "Toronto", "CA"],
        Currency::Usd,
        None,
        "+1416555",
        5,
    ),
    place(
        ["Rua Augusta 1508", "01304-001", "São Paulo", "BR"],
        Currency::Usd,
        None,
        "+5511",
        3,
    ),
    place(
        ["Invalidenstraße 116", "10115", "Berlin", "DE"],
        Currency::Eur,
        Some(tax::GERMANY),
        "+4930",
        10,
    ),
    place(
        ["Leopoldstraße 8", "80802", "München", "DE"],
        Currency::Eur,
        Some(tax::GERMANY),
        "+4989",
        6,
    ),
    place(
        ["12 rue de Rivoli", "75004", "Paris", "FR"],
        Currency::Eur,
        Some(tax::FRANCE),
        "+331",
        6,
    ),
    place(
        ["ul. Piotrkowska 80", "90-102", "Łódź", "PL"],
        Currency::Eur,
        None,
        "+4842",
        3,
    ),
    place(
        ["20 Finsbury Circus", "EC2M 7EA", "London", "GB"],
        Currency::Gbp,
        Some(tax::UNITED_KINGDOM),
        "+4420",
        10,
    ),
    place(
        ["3 Princes Street", "EH2 2AN", "Edinburgh", "GB"],
        Currency::Gbp,
        Some(tax::UNITED_KINGDOM),
        "+44131",
        3,
    ),
    place(
        ["1-9-1 Marunouchi", "100-0005", "Tokyo", "JP"],
        Currency::Jpy,
        Some(tax::JAPAN),
        "+813",
        5,
    ),
    place(
        ["Fahad Al-Salem Street", "15000", "Kuwait City", "KW"],
        Currency::Kwd,
        None,
        "+965",
        3,
    ),
];
