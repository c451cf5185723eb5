//! Files: exports, statements, backups, the diagnostic file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use desk::answers::{
    ExportFormat, ExportKind, ExportProfile, ExportProgress, ExportRequest, Exported,
};
use desk::{Desk, Result};
use tokio_util::sync::CancellationToken;

use super::{current, filters};
use crate::arguments::{Export, Format, Kind, Profile, StatementFormat};
use crate::output::{Output, Table, amount};
use crate::progress::Shown;
use crate::secrets;

pub async fn export(desk: &Desk, options: Export, output: &Output) -> Result<()> {
    let Export {
        kind,
        out,
        format,
        profile,
        filters: given,
    } = options;
    let (invoices, tenants) = match kind {
        Kind::Customers | Kind::Subscriptions => (Default::default(), filters::tenants(&given)?),
        Kind::Payouts => (filters::payouts(&given)?, Default::default()),
        Kind::Usage | Kind::UsageDays => (filters::usage(&given)?, Default::default()),
        _ => (filters::invoices(&given)?, Default::default()),
    };
    current(desk).await?;
    let request = ExportRequest {
        kind: export_kind(kind),
        format: export_format(format),
        profile: match profile {
            Profile::Meterdesk => ExportProfile::Meterdesk,
            Profile::Stripe => ExportProfile::Stripe,
        },
        invoices,
        tenants,
    };
    let cancel = CancellationToken::new();
    let shown = Mutex::new(Shown::new(output.is_json()));
    let progress = Arc::new(move |at: ExportProgress| {
        if let Ok(mut shown) = shown.lock() {
            shown.say(&format!("Writing: {} of {} rows", at.rows.0, at.total.0));
        }
    });
    let writing = desk.export(request, out, progress, cancel.clone());
    tokio::pin!(writing);
    let exported = tokio::select! {
        exported = &mut writing => exported,
        _ = tokio::signal::ctrl_c() => {
            cancel.cancel();
            writing.await
        }
    }?;
    output.answer(&exported, exported_words);
    Ok(())
}

fn exported_words(exported: &Exported) -> String {
    let mut text = format!(
        "{}: {} rows, {} bytes\nSHA-256 {}\nControl sheet: {}\n",
        exported.path, exported.rows.0, exported.bytes.0, exported.sha256, exported.control_sheet
    );
    if exported.sums.is_empty() {
        return text;
    }
    let mut table = Table::new(&["", ">Count", ">Total", ">Paid", ">Remaining", ">Void apart"]);
    for sum in &exported.sums {
        table.row(vec![
            sum.currency.clone(),
            sum.invoices.0.to_string(),
            amount(&sum.total),
            amount(&sum.paid),
            amount(&sum.remaining),
            amount(&sum.void_total),
        ]);
    }
    text.push('\n');
    text.push_str(&table.text());
    text
}

pub async fn statement(
    desk: &Desk,
    customer: String,
    format: StatementFormat,
    out: PathBuf,
    output: &Output,
) -> Result<()> {
    current(desk).await?;
    let format = match format {
        StatementFormat::Csv => desk::answers::StatementFormat::Csv,
        StatementFormat::Page => desk::answers::StatementFormat::Page,
    };
    let written = desk.statement(customer, format, out).await?;
    output.answer(&written, exported_words);
    Ok(())
}

pub async fn backup(desk: &Desk, out: PathBuf, output: &Output) -> Result<()> {
    current(desk).await?;
    let file = desk.backup(out, secrets::of_backup().await?).await?;
    output.answer(&file, |file| {
        format!(
            "{}: {} bytes\nSHA-256 {}",
            file.path, file.bytes.0, file.sha256
        )
    });
    Ok(())
}

pub async fn restore(
    desk: &Desk,
    file: PathBuf,
    name: Option<String>,
    output: &Output,
) -> Result<()> {
    let restored = desk
        .restore(file, secrets::of_backup().await?, name, None)
        .await?;
    output.answer(&restored, |restored| {
        format!(
            "Restored {} as {}.\n\nRecovery key, shown this once:\n  {}\n\n{}.",
            restored.account.entity_name,
            restored.account.name,
            restored.recovery_key,
            restored.next.trim_end_matches('.')
        )
    });
    Ok(())
}

pub async fn diagnostics(desk: &Desk, out: PathBuf, output: &Output) -> Result<()> {
    let path = desk.diagnostics(out).await?;
    output.answer(&serde_json::json!({ "path": path }), |_| {
        format!("{path} is written.")
    });
    Ok(())
}

fn export_kind(kind: Kind) -> ExportKind {
    match kind {
        Kind::Invoices => ExportKind::Invoices,
        Kind::InvoiceLines => ExportKind::InvoiceLines,
        Kind::Customers => ExportKind::Customers,
        Kind::Subscriptions => ExportKind::Subscriptions,
        Kind::Payments => ExportKind::Payments,
        Kind::CreditNotes => ExportKind::CreditNotes,
        Kind::Refunds => ExportKind::Refunds,
        Kind::Disputes => ExportKind::Disputes,
        Kind::Payouts => ExportKind::Payouts,
        Kind::Usage => ExportKind::Usage,
        Kind::UsageDays => ExportKind::UsageDays,
    }
}

fn export_format(format: Format) -> ExportFormat {
    match format {
        Format::Csv => ExportFormat::Csv,
        Format::Xlsx => ExportFormat::Xlsx,
    }
}
