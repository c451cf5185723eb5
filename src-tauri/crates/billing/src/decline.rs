//! Why a payment failed, in words for finance people, and what may be done about it.
//!
//! The codes are Stripe's; the words and the advice are ours. Some reasons must never reach the
//! customer: whoever holds a stolen card learns from them that it is known to be stolen.

/// What may be done after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// The same card may work later: wait for the next try.
    TryAgain,
    /// The customer can put it right: new details, a confirmation, a call to the bank.
    AskCustomer,
    /// This card will not work again: another payment method is needed.
    NewPaymentMethod,
    /// The cause is on the seller's side.
    FixSetup,
}

/// What a decline code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decline {
    /// What happened, for finance people.
    pub words: &'static str,
    /// Whether the customer may be told the reason; otherwise only that the payment failed.
    pub tell_customer: bool,
    /// What may be done.
    pub next_step: NextStep,
    /// Whether Stripe does not try this card again by itself.
    pub hard: bool,
}

/// The reason as it may be given to the customer where it must not be disclosed.
pub const UNDISCLOSED: &str = "The payment could not be completed";

const fn told(words: &'static str, next_step: NextStep) -> Decline {
    Decline {
        words,
        tell_customer: true,
        next_step,
        hard: false,
    }
}

const fn secret(words: &'static str, next_step: NextStep) -> Decline {
    Decline {
        words,
        tell_customer: false,
        next_step,
        hard: false,
    }
}

const fn hard(decline: Decline) -> Decline {
    Decline {
        hard: true,
        ..decline
    }
}

/// What a decline code or an error code means. An unknown one is taken for a plain refusal.
#[must_use]
pub fn decline(code: &str) -> Decline {
    use NextStep::{AskCustomer, FixSetup, NewPaymentMethod, TryAgain};
    match code {
        "insufficient_funds" => told("Not enough money in the account", TryAgain),
        "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => {
            told("The card's spending limit is reached", TryAgain)
        }
        "expired_card" => told("The card has expired", NewPaymentMethod),
        "incorrect_cvc" | "invalid_cvc" => told("The security code is wrong", AskCustomer),
        "incorrect_zip" | "incorrect_address" => {
            told("The billing address does not match the card", AskCustomer)
        }
        "incorrect_number" => hard(told("The card number is wrong", NewPaymentMethod)),
        "invalid_number" | "invalid_expiry_month" | "invalid_expiry_year" => {
            told("The card's details are wrong", NewPaymentMethod)
        }
        "authentication_required" | "authentication_not_handled" => hard(told(
            "The bank wants the customer to confirm the payment",
            AskCustomer,
        )),
        "approve_with_id"
        | "issuer_not_available"
        | "processing_error"
        | "reenter_transaction"
        | "try_again_later" => told("The bank could not be asked", TryAgain),
        "transaction_not_allowed" => hard(told(
            "The bank does not allow this kind of payment",
            NewPaymentMethod,
        )),
        "card_not_supported"
        | "currency_not_supported"
        | "service_not_allowed"
        | "invalid_amount" => told("The card cannot be used for this payment", NewPaymentMethod),
        "invalid_account" | "new_account_information_available" => told(
            "The account behind the card has changed or is closed",
            NewPaymentMethod,
        ),
        "revocation_of_authorization"
        | "revocation_of_all_authorizations"
        | "stop_payment_order" => hard(told(
            "The customer withdrew the permission to charge",
            NewPaymentMethod,
        )),
        "duplicate_transaction" => told("The same amount was charged a moment before", TryAgain),
        "pin_try_exceeded"
        | "incorrect_pin"
        | "invalid_pin"
        | "offline_pin_required"
        | "online_or_offline_pin_required" => told("The card's PIN stands in the way", AskCustomer),
        "testmode_decline" => told("A test card was used", FixSetup),
        "lost_card" => hard(secret("The card was reported lost", NewPaymentMethod)),
        "stolen_card" => hard(secret("The card was reported stolen", NewPaymentMethod)),
        "pickup_card" => hard(secret("The bank wants the card back", NewPaymentMethod)),
        "highest_risk_level" => hard(secret("Held back as very likely fraud", NewPaymentMethod)),
        "fraudulent" => secret("The bank suspects fraud", NewPaymentMethod),
        "merchant_blacklist" => secret("On the list of payments to block", NewPaymentMethod),
        "restricted_card" | "security_violation" => {
            secret("The bank has restricted the card", NewPaymentMethod)
        }
        "elevated_risk_level" => secret("Held back as likely fraud", NewPaymentMethod),
        "call_issuer" | "card_declined" | "do_not_honor" | "do_not_try_again"
        | "generic_decline" | "no_action_taken" | "not_permitted" => {
            told("The bank declined without giving a reason", AskCustomer)
        }
        _ => told("The payment was declined", AskCustomer),
    }
}

/// What the network advises, which goes before the code's own advice.
#[must_use]
pub fn advised_step(advice_code: &str) -> Option<NextStep> {
    match advice_code {
        "do_not_try_again" => Some(NextStep::NewPaymentMethod),
        "try_again_later" => Some(NextStep::TryAgain),
        "confirm_card_data" => Some(NextStep::AskCustomer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_would_warn_a_thief_are_not_disclosed() {
        let secret = [
            "lost_card",
            "stolen_card",
            "pickup_card",
            "fraudulent",
            "merchant_blacklist",
            "restricted_card",
            "security_violation",
            "highest_risk_level",
        ];
        for code in secret {
            assert!(
                !decline(code).tell_customer,
                "{code} must not reach the customer"
            );
        }
        assert!(decline("insufficient_funds").tell_customer);
        assert!(
            decline("a_code_of_tomorrow").tell_customer,
            "its words disclose nothing"
        );
    }

    #[test]
    fn stripe_does_not_retry_hard_declines() {
        let hard = [
            "incorrect_number",
            "lost_card",
            "pickup_card",
            "stolen_card",
            "revocation_of_authorization",
            "revocation_of_all_authorizations",
            "authentication_required",
            "highest_risk_level",
            "transaction_not_allowed",
        ];
        for code in hard {
            assert!(decline(code).hard, "{code} is not tried again");
        }
        assert!(!decline("insufficient_funds").hard);
        assert!(!decline("a_code_of_tomorrow").hard);
    }

    #[test]
    fn the_networks_advice_is_understood() {
        assert_eq!(
            advised_step("do_not_try_again"),
            Some(NextStep::NewPaymentMethod)
        );
        assert_eq!(
            advised_step("something_new"),
            None,
            "then the code's own advice stands"
        );
    }
}
