//! The account itself.

use crate::account::Account;
use crate::json::{Pen, put};

const ADDRESS: &str = concat!(
    r#"{"city":"San Francisco","country":"US","line1":"1 Ferry Building","line2":null,"#,
    r#""postal_code":"94111","state":"CA"}"#
);
const REQUIREMENTS: &str = concat!(
    r#"{"alternatives":[],"current_deadline":null,"currently_due":[],"disabled_reason":null,"#,
    r#""errors":[],"eventually_due":[],"past_due":[],"pending_verification":[]}"#
);
const SETTINGS: &str = concat!(
    r#"{"bacs_debit_payments":{"display_name":null,"service_user_number":null},"#,
    r#""branding":{"icon":null,"logo":null,"primary_color":null,"secondary_color":null},"#,
    r#""card_issuing":{"tos_acceptance":{"date":null,"ip":null}},"#,
    r#""card_payments":{"decline_on":{"avs_failure":false,"cvc_failure":false},"#,
    r#""statement_descriptor_prefix":"NORTHWIND","statement_descriptor_prefix_kana":null,"#,
    r#""statement_descriptor_prefix_kanji":null},"#,
    r#""dashboard":{"display_name":"Northwind Mail","timezone":"Etc/UTC"},"#,
    r#""invoices":{"default_account_tax_ids":null,"hosted_payment_method_save":"offer"},"#,
    r#""payments":{"statement_descriptor":"NORTHWIND MAIL","statement_descriptor_kana":null,"#,
    r#""statement_descriptor_kanji":null,"statement_descriptor_prefix_kana":null,"#,
    r#""statement_descriptor_prefix_kanji":null},"#,
    r#""payouts":{"debit_negative_balances":true,"schedule":{"delay_days":2,"#,
    r#""interval":"daily"},"statement_descriptor":null},"sepa_debit_payments":{}}"#
);

pub(crate) fn account(pen: &mut Pen<'_>, account: &Account) {
    let created = account
        .catalogue
        .products
        .first()
        .map_or(account.now, |it| it.created)
        - 86_400;
    put!(pen; r#"{"id":""#, account.id.as_str(), r#"","object":"account","business_profile":{"#);
    put!(pen; r#""annual_revenue":null,"estimated_worker_count":null,"mcc":"5734","#);
    put!(pen; r#""minority_owned_business_designation":null,"name":"Northwind Mail","#);
    put!(pen; r#""product_description":"Shared mailboxes for teams","#);
    put!(pen; r#""specified_commercial_transactions_act_url":null,"support_address":"#, ADDRESS);
    put!(pen; r#","support_email":"billing@northwind-mail.example","support_phone":null,"#);
    put!(pen; r#""support_url":null,"url":"https://northwind-mail.example"},"#);
    put!(pen; r#""business_type":"company","capabilities":{"card_payments":"active","#);
    put!(pen; r#""transfers":"active"},"charges_enabled":true,"controller":{"type":"account"},"#);
    put!(pen; r#""country":"US","created":"#, created, r#","default_currency":"usd","#);
    put!(pen; r#""details_submitted":true,"email":"finance@northwind-mail.example","#);
    put!(pen; r#""external_accounts":{"object":"list","data":[],"has_more":false,"url":"#);
    put!(pen; r#""/v1/accounts/"#, account.id.as_str(), r#"/external_accounts"},"#);
    put!(pen; r#""future_requirements":"#, REQUIREMENTS, r#","metadata":{},"#);
    put!(pen; r#""payouts_enabled":true,"requirements":"#, REQUIREMENTS, r#","settings":"#);
    put!(pen; SETTINGS, r#","tos_acceptance":{"date":"#, created, r#","ip":null,"#);
    put!(pen; r#""user_agent":null},"type":"standard"}"#);
}
