//! The command line as people have it: the built `meterdesk-cli`, as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The passphrase that seals the keys of every data folder here.
pub const PASSPHRASE: &str = "horse battery staple";

/// The built program. `cargo xtask` builds it before it runs the suite; one test run alone takes
/// the one that was built last.
fn path() -> PathBuf {
    let suite = std::env::current_exe().expect("this program has a path");
    let built = suite.ancestors().nth(2).expect("target/debug/deps/suite");
    let program = built.join(format!("meterdesk-cli{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing: cargo build --workspace --bin meterdesk-cli",
        program.display()
    );
    program
}

/// The program on that data folder, without a keyring and with nothing else in its environment.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(path());
    command
        .env_clear()
        .env("METERDESK_DATA_DIR", data)
        .env("METERDESK_KEYRING", "off")
        .env("METERDESK_PASSPHRASE", PASSPHRASE)
        .env("USER", "kim")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end beside what else this runtime serves.
pub async fn ended(command: Command) -> Output {
    let mut command = command;
    tokio::task::spawn_blocking(move || command.output().expect("the program runs"))
        .await
        .expect("the program ends")
}

/// The one document that a command prints with `--json`; the command must succeed.
pub async fn document(command: Command, hint: &str) -> Value {
    let output = ended(command).await;
    assert!(
        output.status.success(),
        "{hint}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{hint}: one document: {error}"))
}

/// Asks a process to stop as Ctrl-C does.
pub fn interrupt(child: &Child) {
    let asked = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .stderr(Stdio::null())
        .status();
    // One that ended just before is not there to be asked.
    asked.expect("a shell runs");
}
