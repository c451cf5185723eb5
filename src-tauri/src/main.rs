//! Meterdesk, the desktop app.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    prepare_web_view();
    match meterdesk_shell::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Switches off what is known to leave WebKitGTK's window empty, unless the person decided.
fn prepare_web_view() {
    let unset = |name| std::env::var_os(name).is_none();
    let nvidia = std::path::Path::new("/proc/driver/nvidia/version").exists();
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some();
    if cfg!(target_os = "linux") && nvidia && wayland && unset("__NV_DISABLE_EXPLICIT_SYNC") {
        #[expect(
            unsafe_code,
            reason = "first thing in main: no other thread reads the environment"
        )]
        unsafe {
            std::env::set_var("__NV_DISABLE_EXPLICIT_SYNC", "1");
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "there is no window yet that could say it"
)]
fn report(error: &anyhow::Error) {
    eprintln!("Meterdesk could not start: {error:#}");
}
