//! Secrets that a person gives: from the environment, typed unseen at a terminal, or as the first
//! line of standard input. Never an argument, because every process on the machine sees those.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use desk::{Error, Result};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

/// Seals and opens the keys where no keyring can be used, and where the person locked them.
pub const PASSPHRASE: &str = "METERDESK_PASSPHRASE";
/// Seals and opens backups; without it the one above.
const BACKUP_PASSPHRASE: &str = "METERDESK_BACKUP_PASSPHRASE";
/// The longest secret that is read from standard input, in bytes.
const SECRET_BYTES: u64 = 4096;

/// A secret from the environment.
pub fn variable(name: &str) -> Option<SecretString> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .map(SecretString::from)
}

/// Can a person be asked?
pub fn at_terminal() -> bool {
    io::stdin().is_terminal()
}

/// A secret from the environment, else from the person or standard input. `what` names it:
/// "The Stripe key".
pub async fn given(name: &'static str, what: &'static str) -> Result<SecretString> {
    if let Some(secret) = variable(name) {
        return Ok(secret);
    }
    let line = if at_terminal() {
        typed(what).await?
    } else {
        // Dropped unread, the thread that waits for a line ends with the process.
        apart(first_line).await.ok()
    };
    let line = line.unwrap_or_default();
    if line.trim().is_empty() {
        return Err(
            Error::invalid(name, format!("{what} is missing"), "None was given").then(format!(
                "Set {name}, type it at a terminal, or write it to standard input"
            )),
        );
    }
    Ok(SecretString::from(line.trim().to_owned()))
}

/// A passphrase that a person makes up, typed twice so that a slip of the finger is found.
pub async fn chosen(name: &'static str, what: &'static str) -> Result<SecretString> {
    let first = given(name, what).await?;
    if variable(name).is_some() || !at_terminal() {
        return Ok(first);
    }
    let again = typed("The same again").await?.unwrap_or_default();
    if again.trim() == first.expose_secret() {
        return Ok(first);
    }
    Err(
        Error::invalid("passphrase", "Nothing was changed", "The two are not alike")
            .then("Try again"),
    )
}

/// The passphrase of a backup.
pub async fn of_backup() -> Result<SecretString> {
    match variable(BACKUP_PASSPHRASE).or_else(|| variable(PASSPHRASE)) {
        Some(secret) => Ok(secret),
        None => given(BACKUP_PASSPHRASE, "The backup's passphrase").await,
    }
}

/// What the person types at the terminal, unseen. None: no terminal could be read.
async fn typed(what: &'static str) -> Result<Option<String>> {
    let stopped = || Error::cancelled(format!("{what} was not given"));
    // Ctrl-C is answered here while the reading thread still holds the terminal mute.
    let _terminal = terminal::as_it_is();
    let prompt = format!("{what} (unseen while you type): ");
    tokio::select! {
        // Looked at first: from then on Ctrl-C no longer ends the process at once, which would
        // leave the terminal mute.
        biased;
        _ = tokio::signal::ctrl_c() => Err(stopped()),
        line = apart(move || rpassword::prompt_password(prompt)) => match line {
            Ok(line) => Ok(Some(line)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(stopped()),
            Err(_) => Ok(None),
        },
    }
}

/// Reads on a thread of its own, which nobody waits for once the answer is no longer wanted.
async fn apart(read: impl FnOnce() -> io::Result<String> + Send + 'static) -> io::Result<String> {
    let (sender, line) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = sender.send(read());
    });
    line.await
        .unwrap_or_else(|_| Err(io::ErrorKind::UnexpectedEof.into()))
}

fn first_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().take(SECRET_BYTES).read_line(&mut line)?;
    Ok(line)
}

/// The terminal's settings, put back when a question is over, however it ended.
#[cfg(unix)]
mod terminal {
    use std::fs::File;
    use std::mem::MaybeUninit;
    use std::os::fd::AsRawFd as _;

    /// Puts the settings back when it is dropped.
    pub struct AsItWas {
        terminal: File,
        settings: libc::termios,
    }

    /// Notes how the terminal is set. None: there is no terminal.
    pub fn as_it_is() -> Option<AsItWas> {
        let terminal = File::open("/dev/tty").ok()?;
        let mut settings = MaybeUninit::uninit();
        // SAFETY: the handle is open, and the call fills the whole of the settings or fails.
        #[expect(unsafe_code, reason = "the C library offers no other way")]
        let settings = unsafe {
            let read = libc::tcgetattr(terminal.as_raw_fd(), settings.as_mut_ptr());
            (read == 0).then(|| settings.assume_init())
        }?;
        Some(AsItWas { terminal, settings })
    }

    impl Drop for AsItWas {
        fn drop(&mut self) {
            // SAFETY: the handle is open, and the settings are what the terminal had.
            #[expect(unsafe_code, reason = "the C library offers no other way")]
            unsafe {
                libc::tcsetattr(
                    self.terminal.as_raw_fd(),
                    libc::TCSANOW,
                    &raw const self.settings,
                );
            }
        }
    }
}

/// Elsewhere the library that reads unseen puts the console back by itself.
#[cfg(not(unix))]
mod terminal {
    pub fn as_it_is() {}
}
