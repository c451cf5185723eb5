//! The commands as the page sees them: registered with tauri, and written as TypeScript.

use tauri::Runtime;

/// The commands for one kind of runtime. A macro, because a generic parameter cannot reach the
/// items that `collect_commands!` makes.
macro_rules! collect {
    ($runtime:path) => {
        tauri_specta::collect_commands![
            crate::commands::accounts::account_details,
            crate::commands::accounts::app_state,
            crate::commands::accounts::check_key,
            crate::commands::accounts::connect,
            crate::commands::accounts::disconnect,
            crate::commands::accounts::lock,
            crate::commands::accounts::open_sample,
            crate::commands::accounts::open_with_recovery_key,
            crate::commands::accounts::replace_key,
            crate::commands::accounts::set_lock_passphrase,
            crate::commands::accounts::switch_account,
            crate::commands::accounts::touch,
            crate::commands::accounts::unlock,
            crate::commands::accounts::watch_lock,
            crate::commands::desktop::cancel_job,
            crate::commands::desktop::open_in_dashboard::<$runtime>,
            crate::commands::desktop::open_key_page::<$runtime>,
            crate::commands::desktop::pick_open_path::<$runtime>,
            crate::commands::desktop::pick_save_path::<$runtime>,
            crate::commands::documents::export,
            crate::commands::documents::statement,
            crate::commands::events::elsewhere,
            crate::commands::events::event,
            crate::commands::events::events,
            crate::commands::events::explain_elsewhere,
            crate::commands::events::import_events,
            crate::commands::events::set_webhook,
            crate::commands::events::webhook_state,
            crate::commands::proofs::completeness,
            crate::commands::proofs::proof_schedule,
            crate::commands::proofs::prove,
            crate::commands::proofs::prove_cost,
            crate::commands::proofs::prove_stop,
            crate::commands::proofs::read_budget,
            crate::commands::proofs::set_proof_age,
            crate::commands::sync::set_focus,
            crate::commands::sync::set_watch,
            crate::commands::sync::status,
            crate::commands::sync::sync_cancel,
            crate::commands::sync::sync_start,
            crate::commands::sync::watch_state,
            crate::commands::sync::watch_status,
            crate::commands::tables::filter_choices,
            crate::commands::tables::invoice,
            crate::commands::tables::invoice_movements,
            crate::commands::tables::invoice_totals,
            crate::commands::tables::invoices,
            crate::commands::tables::overview,
            crate::commands::tables::search,
            crate::commands::tables::tenant,
            crate::commands::tables::tenant_movements,
            crate::commands::tables::tenants,
            crate::commands::upkeep::backup,
            crate::commands::upkeep::diagnostics,
            crate::commands::upkeep::doctor,
            crate::commands::upkeep::doctor_rebuild,
            crate::commands::upkeep::erase_customer,
            crate::commands::upkeep::ledger_rows,
            crate::commands::upkeep::ledger_verify,
            crate::commands::upkeep::restore,
            crate::commands::upkeep::set_settings,
            crate::commands::upkeep::settings,
            crate::commands::usage::map_prices,
            crate::commands::usage::plans,
            crate::commands::usage::usage_batches,
            crate::commands::usage::usage_chart,
            crate::commands::usage::usage_import,
            crate::commands::usage::usage_open,
            crate::commands::usage::usage_overview,
            crate::commands::usage::usage_reverse,
            crate::commands::usage::usage_tenant,
            crate::commands::usage::usage_tenants,
        ]
    };
}

/// A runtime that the commands were collected for.
pub trait Registered: Runtime {
    /// All commands.
    fn commands() -> tauri_specta::Commands<Self>;
}

impl Registered for tauri::Wry {
    fn commands() -> tauri_specta::Commands<Self> {
        collect!(tauri::Wry)
    }
}

#[cfg(test)]
impl Registered for tauri::test::MockRuntime {
    fn commands() -> tauri_specta::Commands<Self> {
        collect!(tauri::test::MockRuntime)
    }
}

/// The commands with their types. A failed one rejects with `desk::Error`.
pub fn commands<R: Registered>() -> tauri_specta::Builder<R> {
    tauri_specta::Builder::<R>::new()
        .error_handling(tauri_specta::ErrorHandlingMode::Throw)
        .disable_serde_phases()
        .typ::<desk::Error>()
        .commands(R::commands())
}
