//! Identifiers that look like Stripe's, sort by time within a kind, and cost no memory: the last
//! eight characters are the object's serial number under a reversible permutation.

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Customer,
    PaymentMethod,
    Product,
    Price,
    TaxRate,
    /// A price as the older API's plan, under the price's identifier.
    Plan,
    /// Named by the company: its identifier is no serial number.
    Coupon,
    Discount,
    Subscription,
    SubscriptionItem,
    Invoice,
    InvoiceLine,
    InvoiceItem,
    InvoicePayment,
    PaymentIntent,
    PaymentRecord,
    Charge,
    Refund,
    Dispute,
    Payout,
    CreditGrant,
    CreditEntry,
    Meter,
    Promotion,
    Schedule,
    TestClock,
    BalanceEntry,
    CreditNote,
    CreditNoteLine,
    BalanceTransaction,
    Event,
}

impl Kind {
    /// The prefix of this kind's identifiers, underscore included.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Customer => "cus_",
            Self::PaymentMethod => "pm_",
            Self::Product => "prod_",
            Self::Price | Self::Plan => "price_",
            Self::TaxRate => "txr_",
            Self::Coupon => "",
            Self::Discount => "di_",
            Self::Subscription => "sub_",
            Self::SubscriptionItem => "si_",
            Self::Invoice => "in_",
            Self::InvoiceLine => "il_",
            Self::InvoiceItem => "ii_",
            Self::InvoicePayment => "inpay_",
            Self::PaymentIntent => "pi_",
            Self::PaymentRecord => "pr_",
            Self::Charge => "ch_",
            Self::Refund => "re_",
            Self::Dispute => "du_",
            Self::Payout => "po_",
            Self::CreditGrant => "credgr_",
            Self::CreditEntry => "cbtxn_test_",
            Self::Meter => "mtr_",
            Self::Promotion => "promo_",
            Self::Schedule => "sub_sched_",
            Self::TestClock => "clock_",
            Self::BalanceEntry => "txn_",
            Self::CreditNote => "cn_",
            Self::CreditNoteLine => "cnli_",
            Self::BalanceTransaction => "cbtxn_",
            Self::Event => "evt_",
        }
    }

    /// Stripe's older kinds have 14 characters after the prefix, the others 24.
    const fn is_short(self) -> bool {
        matches!(
            self,
            Self::Customer | Self::Product | Self::SubscriptionItem
        )
    }
}

const BITS: u32 = 47;
const MASK: u64 = (1 << BITS) - 1;
const FIRST: u64 = 0x5851_F42D_4C95;
const SECOND: u64 = 0x2545_F491_4F6D;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Two base-62 digits for every number below 62 × 62.
static PAIRS: [[u8; 2]; 3844] = {
    let mut pairs = [[0; 2]; 3844];
    let mut n = 0;
    while n < 3844 {
        pairs[n] = [ALPHABET[n / 62], ALPHABET[n % 62]];
        n += 1;
    }
    pairs
};

/// Writes and reads identifiers of one account.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    key: u64,
    account: [u8; 10],
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        let key = crate::random::mix(seed ^ 0x1D5E_ED00);
        let mut account = *b"A7WZ01zgkW";
        let mut bits = crate::random::mix(key);
        for place in &mut account {
            *place = ALPHABET[(bits % 62) as usize];
            bits /= 62;
        }
        Self { key, account }
    }

    /// `acct_…` of this account.
    pub(crate) fn account_id(&self) -> String {
        let mut out = b"acct_1TSm0n".to_vec();
        out.extend_from_slice(&self.account);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Appends the identifier of `kind` number `serial`, made at `created`.
    pub(crate) fn write(&self, out: &mut Vec<u8>, kind: Kind, created: u32, serial: u32) {
        out.extend_from_slice(kind.prefix().as_bytes());
        if kind.is_short() {
            push_base62(out, u64::from(created) * 20, 3);
        } else {
            push_base62(out, u64::from(created), 3);
            out.extend_from_slice(&self.account);
        }
        push_base62(out, self.scramble(kind, serial), 4);
    }

    /// The identifier as text.
    pub(crate) fn text(&self, kind: Kind, created: u32, serial: u32) -> String {
        let mut out = Vec::with_capacity(32);
        self.write(&mut out, kind, created, serial);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The serial number in `id`, which the caller compares with the whole identifier: `created`
    /// is part of it and only the object knows that.
    pub(crate) fn serial(&self, kind: Kind, id: &str) -> Option<u32> {
        let rest = id.strip_prefix(kind.prefix())?;
        let length = if kind.is_short() { 14 } else { 24 };
        if rest.len() != length || !rest.is_ascii() {
            return None;
        }
        let mut number = 0_u64;
        for digit in rest.as_bytes()[length - 8..].iter() {
            let value = ALPHABET.iter().position(|letter| letter == digit)?;
            number = number * 62 + value as u64;
        }
        if number > MASK {
            return None;
        }
        u32::try_from(self.unscramble(kind, number)).ok()
    }

    fn offset(&self, kind: Kind) -> u64 {
        self.key.rotate_left(kind as u32) & MASK
    }

    fn scramble(&self, kind: Kind, serial: u32) -> u64 {
        let mut x = (u64::from(serial) ^ self.offset(kind)) & MASK;
        x = x.wrapping_mul(FIRST) & MASK;
        x ^= x >> 23;
        x = x.wrapping_mul(SECOND) & MASK;
        x ^ (x >> 23)
    }

    fn unscramble(&self, kind: Kind, number: u64) -> u64 {
        let mut x = unshift(number);
        x = x.wrapping_mul(inverse(SECOND)) & MASK;
        x = unshift(x);
        x = x.wrapping_mul(inverse(FIRST)) & MASK;
        x ^ self.offset(kind)
    }
}

const fn unshift(x: u64) -> u64 {
    x ^ (x >> 23) ^ (x >> 46)
}

/// The multiplicative inverse of an odd number modulo 2^64 (and so modulo 2^47), by Newton.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut round = 0;
    while round < 6 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        round += 1;
    }
    inverse
}

/// `req_…` of request number `number`.
pub(crate) fn request_id(seed: u64, number: u64) -> String {
    let mut bits = crate::random::mix(seed ^ crate::random::mix(number));
    let mut id = String::with_capacity(18);
    id.push_str("req_");
    for _ in 0..14 {
        id.push(char::from(ALPHABET[(bits % 62) as usize]));
        bits = crate::random::mix(bits);
    }
    id
}

/// Appends `pairs` × 2 base-62 digits of `number`, most significant first.
fn push_base62(out: &mut Vec<u8>, mut number: u64, pairs: usize) {
    let mut digits = [b'0'; 8];
    for pair in (0..pairs).rev() {
        digits[pair * 2..pair * 2 + 2].copy_from_slice(&PAIRS[(number % 3844) as usize]);
        number /= 3844;
    }
    out.extend_from_slice(&digits[..pairs * 2]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_leads_back_to_its_serial() {
        let ids = Ids::new(7);
        for serial in [0, 1, 2, 61, 3843, 99_999, 4_000_000, u32::MAX] {
            for kind in [Kind::Customer, Kind::Invoice, Kind::InvoicePayment] {
                let text = ids.text(kind, 1_721_954_054, serial);
                assert_eq!(ids.serial(kind, &text), Some(serial), "{text}");
            }
        }
    }

    #[test]
    fn identifiers_of_a_kind_sort_by_time() {
        let ids = Ids::new(7);
        let earlier = ids.text(Kind::Invoice, 1_721_954_054, 900);
        let later = ids.text(Kind::Invoice, 1_721_954_055, 3);
        assert!(earlier < later, "{earlier} then {later}");
    }

    #[test]
    fn foreign_identifiers_are_not_ours() {
        let ids = Ids::new(7);
        for id in [
            "",
            "in_",
            "cus_nothing",
            "in_ééééééééé",
            "in_zzzzzzzzzzzzzzzzzzzzzzzz",
        ] {
            assert_eq!(ids.serial(Kind::Invoice, id), None, "{id}");
        }
    }
}
