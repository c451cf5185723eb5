//! Cards and the ways in which they are declined.

/// The networks of the cards.
pub(crate) static BRANDS: [&str; 4] = ["visa", "mastercard", "amex", "jcb"];

/// A decline as a charge and a payment intent report it.
#[derive(Debug)]
pub(crate) struct Decline {
    /// Stripe's error code.
    pub(crate) code: &'static str,
    /// The issuer's reason in Stripe's words.
    pub(crate) decline_code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) advice: &'static str,
    /// The network's own code.
    pub(crate) network_code: &'static str,
    /// True where Stripe does not try this card again.
    pub(crate) is_final: bool,
    pub(crate) weight: u64,
}

const fn decline(words: [&'static str; 5], is_final: bool, weight: u64) -> Decline {
    let [code, decline_code, message, advice, network_code] = words;
    Decline {
        code,
        decline_code,
        message,
        advice,
        network_code,
        is_final,
        weight,
    }
}

const DECLINED: &str = "Your card was declined.";

/// Every decline that happens here, in an order that never changes.
///
/// What has no weight happens to direct debits alone.
pub(crate) static DECLINES: [Decline; 11] = [
    decline(
        [
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
            "try_again_later",
            "51",
        ],
        false,
        40,
    ),
    decline(
        [
            "card_declined",
            "generic_decline",
            DECLINED,
            "try_again_later",
            "05",
        ],
        false,
        25,
    ),
    decline(
        [
            "card_declined",
            "do_not_honor",
            DECLINED,
            "try_again_later",
            "05",
        ],
        false,
        12,
    ),
    decline(
        [
            "expired_card",
            "expired_card",
            "Your card has expired.",
            "confirm_card_data",
            "54",
        ],
        false,
        10,
    ),
    decline(
        [
            "card_declined",
            "lost_card",
            DECLINED,
            "do_not_try_again",
            "41",
        ],
        true,
        4,
    ),
    decline(
        [
            "card_declined",
            "stolen_card",
            DECLINED,
            "do_not_try_again",
            "43",
        ],
        true,
        2,
    ),
    decline(
        [
            "card_declined",
            "card_velocity_exceeded",
            DECLINED,
            "try_again_later",
            "65",
        ],
        false,
        3,
    ),
    decline(
        [
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.",
            "try_again_later",
            "1A",
        ],
        true,
        3,
    ),
    decline(
        [
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
            "try_again_later",
            "96",
        ],
        false,
        1,
    ),
    decline(
        [
            "debit_not_authorized",
            "debit_not_authorized",
            "The customer has notified their bank that this payment was unauthorized.",
            "do_not_try_again",
            "MD01",
        ],
        true,
        0,
    ),
    decline(
        [
            "insufficient_funds",
            "insufficient_funds",
            "The bank account has insufficient funds.",
            "try_again_later",
            "AM04",
        ],
        false,
        0,
    ),
];

/// The two ways in which a debit fails, as places in the table.
pub(crate) const DEBIT_DECLINES: [u8; 2] = [9, 10];
