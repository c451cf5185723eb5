//! Secrets typed at a terminal: unseen, and the terminal is left as it was found.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a step that fails ends the test")]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use simulator::{Options, Running};

/// The longest that a line of the program is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is waited for without a signal is looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A terminal with the command line in it.
struct Terminal {
    /// The person's side.
    keyboard: File,
    said: Receiver<Vec<u8>>,
    screen: String,
    child: Child,
}

impl Terminal {
    fn run(data: &Path, arguments: &[&str]) -> Self {
        let (person, program) = open_terminal();
        let side = || program.try_clone().expect("a handle");
        let child = Command::new("setsid")
            .args(["--ctty", "--wait", env!("CARGO_BIN_EXE_meterdesk-cli")])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("METERDESK_DATA_DIR", data)
            .env("METERDESK_KEYRING", "off")
            .env("USER", "kim")
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .spawn()
            .expect("setsid of util-linux starts the command line");
        let keyboard = File::from(person);
        let mut reader = keyboard.try_clone().expect("a handle");
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0_u8; 1024];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            keyboard,
            said,
            screen: String::new(),
            child,
        }
    }

    /// Waits until the screen shows `words` that it did not show before.
    fn sees(&mut self, words: &str) {
        let from = self.screen.len();
        while !self.screen[from..].contains(words) {
            let said = self.said.recv_timeout(PATIENCE);
            let said = said.unwrap_or_else(|_| unreachable!("{words:?} not in {}", self.screen));
            self.screen.push_str(&String::from_utf8_lossy(&said));
        }
    }

    /// Types once nothing is shown any more of what is typed.
    fn types_unseen(&mut self, keys: &str) {
        while self.shows_what_is_typed() {
            std::thread::sleep(LOOK_EVERY);
        }
        self.keyboard.write_all(keys.as_bytes()).expect("typed");
    }

    fn shows_what_is_typed(&self) -> bool {
        let mut state = std::mem::MaybeUninit::<libc::termios>::uninit();
        // SAFETY: the handle is a terminal's, and the call fills the whole state or fails.
        #[expect(unsafe_code, reason = "the C library offers no other way")]
        let state = unsafe {
            let read = libc::tcgetattr(self.keyboard.as_raw_fd(), state.as_mut_ptr());
            assert_eq!(read, 0, "the terminal's state is read");
            state.assume_init()
        };
        state.c_lflag & libc::ECHO != 0
    }

    /// Waits for the program's end; its exit code.
    fn ends(&mut self) -> Option<i32> {
        let code = self.child.wait().expect("it ends").code();
        while let Ok(said) = self.said.recv_timeout(LOOK_EVERY) {
            self.screen.push_str(&String::from_utf8_lossy(&said));
        }
        code
    }
}

/// A new terminal: the person's side and the program's.
fn open_terminal() -> (OwnedFd, OwnedFd) {
    let (mut person, mut program) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: both numbers are filled where the call succeeds, and owned by nobody else.
    #[expect(unsafe_code, reason = "the C library offers no other way")]
    unsafe {
        let opened = libc::openpty(
            &raw mut person,
            &raw mut program,
            none,
            none.cast(),
            none.cast(),
        );
        assert_eq!(opened, 0, "a terminal opens");
        (OwnedFd::from_raw_fd(person), OwnedFd::from_raw_fd(program))
    }
}

async fn account() -> Running {
    let options = Options {
        customers: 5,
        seed: 7,
        ..Options::default()
    };
    simulator::start(options)
        .await
        .expect("the simulated account starts")
}

/// Runs blocking work beside the account that this runtime serves.
async fn beside(work: impl FnOnce() + Send + 'static) {
    tokio::task::spawn_blocking(work)
        .await
        .expect("the work ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_passphrases_are_typed_unseen() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    beside(move || {
        let data = tempfile::tempdir().expect("a folder");
        let arguments = ["connect", "--name", "acme", "--api-base", &base];
        let mut terminal = Terminal::run(data.path(), &arguments);
        terminal.sees("The Stripe key (unseen");
        terminal.types_unseen(&format!("{key}\r"));
        for question in ["A passphrase", "The same again"] {
            terminal.sees(question);
            terminal.types_unseen("correct horse\r");
        }
        terminal.sees("Recovery key");
        assert_eq!(terminal.ends(), Some(0), "{}", terminal.screen);
        for secret in [key.as_str(), "correct horse"] {
            assert!(!terminal.screen.contains(secret), "{}", terminal.screen);
        }
        assert!(terminal.shows_what_is_typed(), "the terminal is as before");

        let mut terminal = Terminal::run(data.path(), &["status"]);
        terminal.sees("The passphrase (unseen");
        terminal.types_unseen("correct horse\r");
        terminal.sees("never loaded completely");
        assert_eq!(terminal.ends(), Some(0), "{}", terminal.screen);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_a_question_leaves_the_terminal_as_it_was() {
    beside(|| {
        let data = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::run(data.path(), &["check-key"]);
        terminal.sees("The Stripe key (unseen");
        terminal.types_unseen("rk_test_half\u{3}");
        assert_eq!(terminal.ends(), Some(130), "{}", terminal.screen);
        assert!(
            !terminal.screen.contains("rk_test_half"),
            "{}",
            terminal.screen
        );
        assert!(terminal.shows_what_is_typed(), "the terminal is as before");
    })
    .await;
}
