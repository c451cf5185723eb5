//! meterdesk-cli: the same desk without a window.
//!
//! Data goes to standard output, progress and errors to standard error; the exit code is 0 only
//! on success. With `--json` each command prints one stable document.

mod arguments;
mod commands;
mod output;
mod progress;
mod simulate;

use std::process::ExitCode;

use clap::Parser as _;
use desk::Code;

use crate::arguments::Arguments;
use crate::output::Output;

/// The exit code after Ctrl-C, as shells have it.
const EXIT_INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
