//! A statement as one page of HTML: no script, no address, foreign text escaped. Prints on A4 and
//! Letter.

use std::fmt::Write as _;

use crate::cell::{decimal_string, exponent, local};
use crate::context::Context;
use crate::statement::{Entry, EntryKind, Tenant};

const STYLE: &str = "\
    body { font: 14px/1.5 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; \
        max-width: 50rem; padding: 0 1rem; }\n\
    h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }\n\
    p { margin: 0; color: #555; }\n\
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }\n\
    th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #ddd; }\n\
    th { color: #555; font-weight: 600; } .amount { text-align: right; white-space: nowrap; }\n\
    .balance td { font-weight: 600; }\n\
    @media print { body { margin: 0; max-width: none; } thead { display: table-header-group; } \
        tr { break-inside: avoid; } }\n";

/// The page.
#[must_use]
pub(crate) fn render(tenant: &Tenant, entries: &[Entry], context: &Context) -> String {
    let mut out = String::with_capacity(4_096 + entries.len() * 160);
    // Writing to a string cannot fail.
    let _ = write(&mut out, tenant, entries, context);
    out
}

fn write(
    out: &mut String,
    tenant: &Tenant,
    entries: &[Entry],
    context: &Context,
) -> std::fmt::Result {
    let day = |at: i64| day(at, context);
    write_head(out, tenant, context)?;
    if entries.is_empty() {
        writeln!(out, "<h2>No documents</h2>")?;
    }
    let mut currency = "";
    for entry in entries {
        if entry.currency != currency {
            if !currency.is_empty() {
                writeln!(out, "</tbody>\n</table>")?;
            }
            currency = &entry.currency;
            write_table_head(out, currency)?;
        }
        write_entry(out, entry, &day(entry.at))?;
    }
    if !currency.is_empty() {
        writeln!(out, "</tbody>\n</table>")?;
    }
    writeln!(out, "</body>\n</html>")
}

/// The local day of a moment.
fn day(at: i64, context: &Context) -> String {
    local(at, context.zone).map_or_else(String::new, |(at, _)| at.date().to_string())
}

/// Whose statement it is, and as of when.
fn write_head(out: &mut String, tenant: &Tenant, context: &Context) -> std::fmt::Result {
    let name = tenant.name.as_deref().unwrap_or(&tenant.customer);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width\">"
    )?;
    writeln!(
        out,
        "<title>Statement of account, {}</title>",
        Escaped(name)
    )?;
    writeln!(
        out,
        "<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Statement of account</h1>"
    )?;
    writeln!(
        out,
        "<p>{} for {}</p>",
        Escaped(&context.entity_name),
        Escaped(name)
    )?;
    let tenant_id = tenant
        .tenant_id
        .as_deref()
        .map(|id| format!("tenant {id}, "));
    writeln!(
        out,
        "<p>{}customer {}. As of {}, dates in {}{}.</p>",
        Escaped(tenant_id.as_deref().unwrap_or_default()),
        Escaped(&tenant.customer),
        day(context.now, context),
        context.zone.name(),
        if context.mode.as_str() == "live" {
            ""
        } else {
            ". Test data, no real money"
        },
    )
}

/// What stands above the entries of one currency.
fn write_table_head(out: &mut String, currency: &str) -> std::fmt::Result {
    writeln!(out, "<h2>{}</h2>", Escaped(&currency.to_uppercase()))?;
    writeln!(out, "<table>\n<thead><tr><th scope=\"col\">Date</th>")?;
    writeln!(
        out,
        "<th scope=\"col\">What</th><th scope=\"col\">Document</th>"
    )?;
    writeln!(out, "<th scope=\"col\" class=\"amount\">Amount</th>")?;
    writeln!(
        out,
        "<th scope=\"col\" class=\"amount\">Balance</th></tr></thead>\n<tbody>"
    )
}

fn write_entry(out: &mut String, entry: &Entry, day: &str) -> std::fmt::Result {
    let places = exponent(&entry.currency);
    let class = match entry.kind {
        EntryKind::Opening | EntryKind::Closing => " class=\"balance\"",
        _ => "",
    };
    writeln!(
        out,
        "<tr{class}><td>{day}</td><td>{}</td><td>{}</td><td class=\"amount\">{}</td>\
         <td class=\"amount\">{}</td></tr>",
        entry.kind.words(),
        Escaped(&entry.document),
        entry
            .amount
            .map_or_else(String::new, |minor| decimal_string(minor, places)),
        decimal_string(entry.balance, places),
    )
}

/// Foreign text in HTML.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::statement::statement;

    #[test]
    fn a_page_shows_every_row_and_runs_nothing() {
        let tenant = Tenant {
            customer: "cus_1".to_owned(),
            tenant_id: Some("tenant-17".to_owned()),
            name: Some("<script>alert(1)</script> & Co".to_owned()),
        };
        let entries = statement(
            &tenant,
            &fixtures::invoices(),
            &fixtures::payments(),
            &fixtures::credit_notes(),
            None,
            fixtures::NOW,
        )
        .unwrap();
        let page = render(&tenant, &entries, &fixtures::context());
        assert!(!page.contains("<script"), "foreign text is escaped");
        assert_eq!(
            page.matches("<tr").count(),
            entries.len() + 4,
            "a row each, and four heads"
        );
        insta::assert_snapshot!(page);
    }
}
