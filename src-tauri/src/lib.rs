//! The shell: windows, commands, dialogs. The only Rust that names tauri; it unwraps what the page
//! sends, calls the desk and forwards the answer. No billing logic.

mod bindings;
mod commands;
mod idle;
mod jobs;
mod logging;
mod picks;
#[cfg(test)]
mod tests;
mod window;

use std::path::PathBuf;

use anyhow::{Context, Result};
use desk::{Desk, DeskConfig};
use tauri::{Manager, RunEvent, Runtime};

/// Opens the window and serves it until it is closed.
///
/// # Errors
/// When the data folder cannot be used, or the system cannot open a window.
pub fn run() -> Result<()> {
    let data_dir = data_dir()?;
    let _log = logging::start(&data_dir)?;
    let mut config = DeskConfig::new(data_dir);
    config.passphrase = std::env::var("METERDESK_PASSPHRASE").ok().map(Into::into);
    // A window is left open: it follows the account and listens for webhooks by itself.
    config.background = true;
    let desk = Desk::new(config)?;
    let app = assemble(tauri::Builder::default(), desk)
        .invoke_handler(bindings::commands::<tauri::Wry>().invoke_handler())
        .build(context())
        .context("the window could not be made")?;
    app.run(|handle, event| {
        if let RunEvent::Exit = event {
            close(handle);
        }
    });
    Ok(())
}

/// The page, the configuration and what each window may call, as they were when this was compiled.
fn context<R: Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// Everything that the app is made of but its commands. Single-instance comes first: a second
/// start only brings the first one's window to the front.
fn assemble<R: Runtime>(builder: tauri::Builder<R>, desk: Desk) -> tauri::Builder<R> {
    builder
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| {
                window::bring_to_front(app);
            },
        ))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .manage(desk)
        .manage(jobs::Jobs::default())
        .manage(picks::Picks::default())
        .manage(idle::LockState::default())
        .setup(|app| {
            window::open(app.handle())?;
            idle::watch(app.handle());
            Ok(())
        })
}

/// Where accounts, settings and logs are kept: `METERDESK_DATA_DIR`, or the system's place.
fn data_dir() -> Result<PathBuf> {
    std::env::var_os("METERDESK_DATA_DIR")
        .map(PathBuf::from)
        .or_else(DeskConfig::default_data_dir)
        .context("this system has no folder for application data; set METERDESK_DATA_DIR")
}

fn close<R: Runtime>(handle: &tauri::AppHandle<R>) {
    handle.state::<jobs::Jobs>().cancel_all();
    let desk = handle.state::<Desk>().inner().clone();
    if let Err(error) = tauri::async_runtime::block_on(desk.close()) {
        tracing::error!(code = ?error.code, %error, "the desk was not closed cleanly");
    }
}
