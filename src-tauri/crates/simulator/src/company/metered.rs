//! What is paid by use: how much a customer used, and credits that pay for it.

use crate::account::Account;
use crate::company::billing::share;
use crate::company::offers::{credit_entry, granted_order};
use crate::model::*;
use crate::random::mix;

const HOUR: u32 = 3_600;

/// How often the customer used what `meter` counts within hour number `hour` since 1970.
pub(crate) const fn used(account: &Account, meter: u32, customer: u32, hour: u32) -> i64 {
    let key = ((meter as u64) << 56) ^ ((customer as u64) << 24) ^ hour as u64;
    (mix(account.seed ^ key) % 7) as i64
}

/// How much of `price` was used in `period`, as a line: whole hours, as the meter's summaries say.
pub(crate) fn line(account: &Account, customer: u32, item: &Item, period: (u32, u32)) -> Line {
    let price = &account.catalogue.prices[usize::from(item.price)];
    let meter = price.meter.map_or(0, |meter| meter.serial);
    let hours = period.0 / HOUR..period.1 / HOUR;
    let quantity: i64 = hours.map(|hour| used(account, meter, customer, hour)).sum();
    let amount = price.amount(quantity);
    super::changes::line(item, LineKind::Metered, quantity as u32, period, amount)
}

/// Pays for the metered lines of an invoice by the customer's credits, grant by grant, before
/// taxes; what is left is taxed anew.
pub(crate) fn apply_credits(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial).clone();
    let mut paid = Vec::new();
    for number in invoice.lines..invoice.lines + invoice.line_count {
        let line = &account.lines[number as usize];
        let mut left = line.amount - line.discount;
        if line.kind != LineKind::Metered {
            continue;
        }
        for grant in granted_order(account, invoice.customer, at) {
            let part = account.offers.grants[grant as usize].left.min(left);
            if part <= 0 {
                continue;
            }
            left -= part;
            account.offers.grants[grant as usize].left -= part;
            let reason = CreditReason::Applied;
            let entry = credit_entry(account, grant, part, reason, at, (serial, number));
            paid.push((number, entry));
        }
        tax_rest(account, &invoice, number, left);
    }
    if paid.is_empty() {
        return;
    }
    let credited: i64 = paid
        .iter()
        .map(|(_, entry)| account.offers.credit_entries[*entry as usize].amount)
        .sum();
    account.offers.credited.insert(serial, paid);
    let tax = account.lines_of(&invoice).iter().map(|line| line.tax).sum();
    let rate = invoice
        .tax_rate
        .map(|it| &account.catalogue.tax_rates[usize::from(it)]);
    let outside = if rate.is_some_and(|it| it.inclusive) {
        0
    } else {
        tax
    };
    let it = &mut account.invoices[serial as usize];
    it.tax = tax;
    it.total = it.subtotal - it.discounted - credited + outside;
}

/// Writes the tax on what is `left` of a line.
fn tax_rest(account: &mut Account, invoice: &Invoice, number: u32, left: i64) {
    let rate = invoice
        .tax_rate
        .map(|it| &account.catalogue.tax_rates[usize::from(it)]);
    let line = &mut account.lines[number as usize];
    tax(line, rate, left, invoice.currency);
}

/// Writes the tax of `net`, which is a line's amount less discounts and credits.
pub(crate) fn tax(line: &mut Line, rate: Option<&TaxRate>, net: i64, currency: Currency) {
    line.taxable = net;
    match rate {
        None => line.tax = 0,
        Some(rate) if rate.inclusive => {
            line.tax = share(currency, net, rate.rate, 100_000 + rate.rate);
            line.taxable = net - line.tax;
        }
        Some(rate) => line.tax = share(currency, net, rate.rate, 100_000),
    }
}

/// Gives back what a voided invoice took of grants that still hold.
pub(crate) fn give_back(account: &mut Account, serial: u32, at: u32) {
    let Some(paid) = account.offers.credited.get(&serial).cloned() else {
        return;
    };
    for (number, entry) in paid {
        let CreditEntry { grant, amount, .. } = account.offers.credit_entries[entry as usize];
        let it = &mut account.offers.grants[grant as usize];
        if it.voided_at.is_some() || it.expires_at.by(at) {
            continue;
        }
        it.left += amount;
        let reason = CreditReason::Returned;
        credit_entry(account, grant, amount, reason, at, (serial, number));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::{Options, Truth, TruthKind};

    async fn truth() -> (crate::Running, Truth) {
        let options = Options {
            customers: 200,
            seed: 3,
            now: Some(1_795_348_800),
            ..Options::default()
        };
        let running = crate::start(options).await.unwrap();
        let truth = running.truth();
        (running, truth)
    }

    fn objects(truth: &Truth, kind: TruthKind) -> Vec<Value> {
        let parse = |bytes: Vec<u8>| serde_json::from_slice(&bytes).unwrap();
        truth.objects(kind).map(parse).collect()
    }

    fn credits(list: &Value) -> Vec<(String, i64)> {
        let credits = list.as_array().unwrap().iter();
        credits
            .filter(|it| it["type"] == "credit_balance_transaction")
            .map(|it| {
                let id = it["credit_balance_transaction"].as_str().unwrap();
                (id.to_owned(), it["amount"].as_i64().unwrap())
            })
            .collect()
    }

    #[tokio::test]
    async fn every_credit_on_an_invoice_is_a_movement_of_a_grant_and_no_grant_is_overdrawn() {
        let (_running, truth) = truth().await;
        let mut on_invoices = Vec::new();
        for invoice in objects(&truth, TruthKind::Invoice) {
            let whole = credits(&invoice["total_pretax_credit_amounts"]);
            let lines = invoice["lines"]["data"].as_array().unwrap();
            let mut of_lines = Vec::new();
            for line in lines {
                let credits = credits(&line["pretax_credit_amounts"]);
                let name = (invoice["id"].clone(), line["id"].clone());
                on_invoices.extend(credits.iter().map(|it| (name.clone(), it.clone())));
                of_lines.extend(credits);
            }
            assert_eq!(whole, of_lines, "{}", invoice["id"]);
        }
        let movements = objects(&truth, TruthKind::CreditTransaction);
        let mut applied = Vec::new();
        for it in &movements {
            if it["debit"]["type"] == "credits_applied" {
                let to = &it["debit"]["credits_applied"];
                let name = (to["invoice"].clone(), to["invoice_line_item"].clone());
                let amount = it["debit"]["amount"]["monetary"]["value"].as_i64().unwrap();
                applied.push((name, (it["id"].as_str().unwrap().to_owned(), amount)));
            }
        }
        let by_id = |it: &((Value, Value), (String, i64))| it.1.0.clone();
        applied.sort_by_key(by_id);
        on_invoices.sort_by_key(by_id);
        assert!(applied.len() > 5, "{} credits were applied", applied.len());
        assert_eq!(on_invoices, applied);
        for grant in objects(&truth, TruthKind::CreditGrant) {
            let of = movements
                .iter()
                .filter(|it| it["credit_grant"] == grant["id"]);
            let left: i64 = of
                .map(|it| {
                    let value = |side: &str| it[side]["amount"]["monetary"]["value"].as_i64();
                    value("credit").unwrap_or(0) - value("debit").unwrap_or(0)
                })
                .sum();
            assert!(left >= 0, "{}: {left}", grant["id"]);
        }
    }

    #[tokio::test]
    async fn a_metered_line_is_what_the_meter_counted() {
        let (running, truth) = truth().await;
        let account = crate::read(&running.shared.account);
        let mut lines = 0;
        for invoice in objects(&truth, TruthKind::Invoice) {
            let customer = invoice["customer"].as_str().unwrap();
            let customer = account.find(crate::ids::Kind::Customer, customer).unwrap();
            for line in invoice["lines"]["data"].as_array().unwrap() {
                let price = line["pricing"]["price_details"]["price"].as_str().unwrap();
                let price = account.find(crate::ids::Kind::Price, price).unwrap();
                let Some(meter) = account.catalogue.prices[price as usize].meter else {
                    continue;
                };
                let hour = |name: &str| (line["period"][name].as_u64().unwrap() / 3_600) as u32;
                let counted: i64 = (hour("start")..hour("end"))
                    .map(|hour| super::used(&account, meter.serial, customer, hour))
                    .sum();
                assert_eq!(line["quantity"].as_i64(), Some(counted), "{}", line["id"]);
                lines += 1;
            }
        }
        assert!(lines > 20, "{lines} lines by use");
    }
}
