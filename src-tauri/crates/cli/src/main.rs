//! meterdesk-cli: the same desk without a window.
//!
//! Data goes to standard output, progress and errors to standard error; the exit code is 0 only
//! on success. With `--json` each command prints one stable document.

mod arguments;
mod commands;
mod output;
mod progress;
mod secrets;
mod simulate;
mod steer;

use std::process::ExitCode;

use clap::Parser as _;
use desk::Code;

use crate::arguments::Arguments;
use crate::output::Output;

/// The exit code after Ctrl-C, as shells have it.
const EXIT_INTERRUPTED: u8 = 130;

/// Keeps glibc from setting up a heap for each thread: a load's peak memory is a fifth lower, at
/// no cost that could be measured. Other systems' allocators need no such word.
fn few_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const HEAPS: libc::c_int = 2;
        // SAFETY: sets one number within the allocator, before any other thread exists.
        #[expect(unsafe_code, reason = "the C library offers no other way")]
        let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, HEAPS) };
    }
}

fn main() -> ExitCode {
    few_heaps();
    let arguments = Arguments::parse();
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(answered(arguments)),
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the command and gives its exit code.
async fn answered(arguments: Arguments) -> ExitCode {
    let output = Output::new(arguments.json);
    match commands::run(arguments, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.code;
            output.error(&error);
            match code {
                Code::Cancelled => ExitCode::from(EXIT_INTERRUPTED),
                _ => ExitCode::FAILURE,
            }
        }
    }
}
