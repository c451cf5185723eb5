//! How many invoices of three lines a core decodes, brings into canonical form and hashes a second.
//!
//! `cargo run --release -p objects --example decode_speed [SECONDS]`

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use objects::{Kind, decode};

/// Different invoices that are read in turn, so that no cache holds the one that is read.
const INVOICES: usize = 2_000;

#[expect(
    clippy::print_stdout,
    reason = "a measurement's whole point is to say its figures"
)]
fn main() {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    let invoices: Vec<String> = (0..INVOICES).map(invoice).collect();
    let bytes: usize = invoices.iter().map(String::len).sum();
    let (mut decoded, mut canonical, mut failed) = (0_usize, 0_usize, 0_usize);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(seconds) {
        for raw in &invoices {
            match decode(Kind::Invoice, black_box(raw.as_bytes())) {
                Ok(one) => {
                    canonical += one
                        .versions
                        .iter()
                        .map(|v| v.canonical.len())
                        .sum::<usize>();
                    black_box(one);
                }
                Err(_) => failed += 1,
            }
            decoded += 1;
        }
    }
    let elapsed_ms = start.elapsed().as_millis().max(1);
    println!("{} invoices a second", decoded as u128 * 1000 / elapsed_ms);
    println!(
        "{} bytes an invoice, {} canonical",
        bytes / INVOICES,
        canonical / decoded.max(1)
    );
    println!("{failed} failed");
}

/// An invoice of three lines in the members that Stripe sends.
fn invoice(number: usize) -> String {
    let mut lines = String::new();
    for line in 0..3 {
        let comma = if line == 0 { "" } else { "," };
        let seats = number % 40 + 1;
        let amount = seats * 2000;
        let _ = write!(
            lines,
            r#"{comma}{{"id":"il_1Ln{number:06}{line}","object":"line_item","amount":{amount},
            "currency":"usd","description":"{seats} × Professional (at $20.00 / month)",
            "discount_amounts":[],"discountable":true,"discounts":[],"invoice":"in_1Sp{number:08}",
            "livemode":false,"metadata":{{}},"parent":{{"invoice_item_details":null,
            "subscription_item_details":{{"invoice_item":null,"proration":false,
            "proration_details":{{"credited_items":null}},"subscription":"sub_1Su{number:08}",
            "subscription_item":"si_It{number:08}"}},"type":"subscription_item_details"}},
            "period":{{"end":1763769600,"start":1761091200}},"pretax_credit_amounts":[],
            "pricing":{{"price_details":{{"price":"price_1Pr0000000{line}","product":"prod_Pd{line}"}},
            "type":"price_details","unit_amount_decimal":"2000"}},"quantity":{seats},
            "quantity_decimal":"{seats}","subtotal":{amount},"taxes":[{{"amount":{tax},
            "tax_behavior":"exclusive","tax_rate_details":{{"tax_rate":"txr_1Tx00000001"}},
            "taxability_reason":"standard_rated","taxable_amount":{amount},"type":"tax_rate_details"}}]}}"#,
            tax = amount / 10,
        );
    }
    let total = (number % 40 + 1) * 6600;
    format!(
        r#"{{"id":"in_1Sp{number:08}","object":"invoice","account_country":"US",
        "account_name":"Meridian Software, Inc.","account_tax_ids":null,"amount_due":{total},
        "amount_overpaid":0,"amount_paid":{total},"amount_paid_off_stripe":0,"amount_remaining":0,
        "amount_shipping":0,"application":null,"attempt_count":1,"attempted":true,
        "auto_advance":false,"automatic_tax":{{"disabled_reason":null,"enabled":false,
        "liability":null,"provider":null,"status":null}},"automatically_finalizes_at":null,
        "billing_reason":"subscription_cycle","collection_method":"charge_automatically",
        "created":1761091200,"currency":"usd","custom_fields":null,"customer":"cus_Cu{number:06}",
        "customer_account":null,"customer_address":{{"city":"Portland","country":"US",
        "line1":"{number} Alder Street","line2":null,"postal_code":"97205","state":"OR"}},
        "customer_email":"billing+{number}@example.com","customer_name":"Northwind {number} GmbH",
        "customer_phone":null,"customer_shipping":null,"customer_tax_exempt":"none",
        "customer_tax_ids":[],"default_payment_method":null,"default_source":null,
        "default_tax_rates":[],"description":null,"discounts":[],"due_date":null,
        "effective_at":1761094800,"ending_balance":0,"footer":null,"from_invoice":null,
        "hosted_invoice_url":"https://invoice.stripe.com/i/acct_1Ac/test_YWNjdF8x{number:020}?s=ap",
        "invoice_pdf":"https://pay.stripe.com/invoice/acct_1Ac/test_YWNjdF8x{number:020}/pdf?s=ap",
        "issuer":{{"type":"self"}},"last_finalization_error":null,"latest_revision":null,
        "lines":{{"object":"list","data":[{lines}],"has_more":false,"total_count":3,
        "url":"/v1/invoices/in_1Sp{number:08}/lines"}},"livemode":false,
        "metadata":{{"tenantId":"t-{number}"}},"next_payment_attempt":null,
        "number":"MER-{number:06}","on_behalf_of":null,"parent":{{"quote_details":null,
        "subscription_details":{{"metadata":{{"tenantId":"t-{number}"}},
        "subscription":"sub_1Su{number:08}"}},"type":"subscription_details"}},
        "payment_settings":{{"default_mandate":null,"payment_method_options":null,
        "payment_method_types":null}},"period_end":1761091200,"period_start":1758499200,
        "post_payment_credit_notes_amount":0,"pre_payment_credit_notes_amount":0,
        "receipt_number":null,"rendering":null,"shipping_cost":null,"shipping_details":null,
        "starting_balance":0,"statement_descriptor":null,"status":"paid",
        "status_transitions":{{"finalized_at":1761094800,"marked_uncollectible_at":null,
        "paid_at":1761094802,"voided_at":null}},"subtotal":{total},"subtotal_excluding_tax":{total},
        "test_clock":null,"total":{total},"total_discount_amounts":[],
        "total_excluding_tax":{total},"total_pretax_credit_amounts":[],"total_taxes":[],
        "webhooks_delivered_at":1761091201}}"#
    )
}
