//! The rooms' errors in the words of a finance team: what failed, why, what to do.

use books::BooksError;

use crate::{Code, Error};

/// The sentence that says what to do when Stripe cannot be reached.
const WHEN_OFFLINE: &str =
    "Everything stays readable. Check the network and update again when it is back";

impl From<stripe::Error> for Error {
    fn from(error: stripe::Error) -> Self {
        let request_id = error.request_id().map(str::to_owned);
        from_stripe(&error).with_request_id(request_id)
    }
}

fn from_stripe(error: &stripe::Error) -> Error {
    use stripe::Error as E;
    match error {
        E::Base(base) => {
            Error::invalid("api_base", "This address cannot be used", base.to_string())
        }
        E::Key(key) => Error::invalid("key", "This key cannot be used", key.to_string()),
        E::Offline { reason, .. } => Error::new(
            Code::Offline,
            "Stripe could not be reached",
            reason,
            WHEN_OFFLINE,
        ),
        E::Setup { reason } => Error::new(
            Code::Failed,
            "A secure connection could not be prepared",
            reason,
            "Check this machine's clock and certificates",
        ),
        E::Broken { reason, .. } => Error::new(
            Code::Failed,
            "Stripe's answer could not be read",
            reason,
            "Try again; if it stays so, check what stands between this machine and Stripe",
        ),
        E::TooLarge { limit_bytes, .. } => Error::new(
            Code::Failed,
            "Stripe's answer could not be read",
            format!("It is longer than {limit_bytes} bytes"),
            "Try again",
        ),
        E::Redirected { status } => Error::new(
            Code::Failed,
            "The address sent us elsewhere",
            format!("It answered with a redirect (status {status}), which is never followed"),
            "Check the address",
        ),
        E::Mode { expected, found } => Error::new(
            Code::KeyRefused,
            "The key does not fit the account",
            format!("It is a {expected} key, but what it reads is {found} data"),
            "Use a key of the right mode; live and test are kept apart",
        ),
        E::Api(api) => from_api(api),
        other => Error::new(
            Code::Failed,
            "A request was not sent",
            other.to_string(),
            "",
        ),
    }
}

fn from_api(api: &stripe::ApiError) -> Error {
    match api.status {
        401 => Error::new(
            Code::KeyRefused,
            "Stripe does not accept the key",
            format!(
                "It may have been rotated, expired or deleted. Stripe says: {}",
                api.message
            ),
            "Make a new restricted key and replace this one in the settings",
        ),
        403 => Error::new(
            Code::KeyRefused,
            "The key may not read this",
            if api.missing_permissions.is_empty() {
                api.message.clone()
            } else {
                format!("It lacks {}", api.missing_permissions.join(" and "))
            },
            "Give the key that permission in Stripe's dashboard, or make a new one",
        ),
        429 => Error::new(
            Code::Failed,
            "Stripe asks for a pause",
            "Too many requests reached the account at once, possibly the company's own",
            "Update again in some minutes, or lower the share of limits in the settings",
        ),
        status if status >= 500 => Error::new(
            Code::Offline,
            "Stripe has a fault of its own",
            format!("It answered {status}: {}", api.message),
            WHEN_OFFLINE,
        ),
        status => Error::new(
            Code::Failed,
            "Stripe refused a request",
            format!("It answered {status}: {}", api.message),
            "Send the diagnostic file to support",
        ),
    }
}

impl From<BooksError> for Error {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::WrongKey => books_failed(
                "The key does not fit this file, or the file is damaged",
                "Open it with the recovery key, or restore a backup",
            ),
            BooksError::Damaged { detail } => books_failed(
                &format!("The file is damaged: {detail}"),
                "Restore a backup; what Stripe knows can also be loaded again",
            ),
            BooksError::DiskFull => books_failed(
                "The disk is full; nothing was changed",
                "Free some space and try again",
            ),
            BooksError::ReadOnly { path } => books_failed(
                &format!("The folder cannot be written: {}", path.display()),
                "Change its rights, or choose another data folder",
            ),
            BooksError::Busy { path } => Self::new(
                Code::Busy,
                "The books are in use",
                format!("Another Meterdesk process writes to {}", path.display()),
                "Close the other window or wait for its update to end",
            ),
            error @ (BooksError::Newer { .. }
            | BooksError::Older { .. }
            | BooksError::Missing { .. }
            | BooksError::Exists { .. }) => of_the_file(&error),
            BooksError::WrongMode { .. } => Self::new(
                Code::KeyRefused,
                "The update was stopped",
                error.to_string(),
                "Live and test are kept apart: use a key of these books' mode",
            ),
            BooksError::Cancelled => Self::cancelled("Nothing more was done"),
            BooksError::UnknownId { id } => Self::new(
                Code::NotFound,
                format!("{id} is not in the books"),
                "It was never loaded, or the id is mistyped",
                "Update, then search for it",
            ),
            BooksError::NoBackup { what } => Self::new(
                Code::Invalid,
                "This is no backup of Meterdesk",
                what,
                "Choose another file",
            ),
            BooksError::Invalid { what } => books_failed(&what, ""),
            BooksError::Migration(_) | BooksError::Sql(_) | BooksError::Io { .. } => {
                tracing::error!(error = %Chain(&error), "books");
                books_failed(
                    &Chain(&error).to_string(),
                    "Try again; a backup keeps you safe",
                )
            }
        }
    }
}

/// The books' file is not the one that could be opened.
fn of_the_file(error: &BooksError) -> Error {
    match error {
        BooksError::Newer { found, known } => books_failed(
            &format!(
                "They were written by a newer version of Meterdesk (form {found}, this \
                 version knows {known}); nothing was changed"
            ),
            "Install the newer version",
        ),
        BooksError::Older { .. } => books_failed(
            "They come from an older version and are brought up to date when they are opened \
             for writing",
            "Open the account in the window once",
        ),
        BooksError::Missing { path } => books_failed(
            &format!("There is no file {}", path.display()),
            "Restore a backup, or disconnect the account and connect it again",
        ),
        BooksError::Exists { path } => books_failed(
            &format!(
                "{} is already there and is never overwritten",
                path.display()
            ),
            "Choose another name",
        ),
        other => books_failed(&other.to_string(), ""),
    }
}

fn books_failed(why: &str, next: &str) -> Error {
    Error::new(
        Code::Failed,
        "The books could not be read or written",
        why,
        next,
    )
}

/// An error with its causes, for a log line.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<sync::SyncError> for Error {
    fn from(error: sync::SyncError) -> Self {
        use sync::SyncError as E;
        let what = "The update was stopped";
        match error {
            E::Gateway(error) => error.into(),
            E::Books(error) => error.into(),
            E::Mode { .. } => Self::new(
                Code::KeyRefused,
                what,
                error.to_string(),
                "Live and test are kept apart: use a key of these books' mode",
            ),
            E::OtherAccount { .. } => Self::new(
                Code::KeyRefused,
                what,
                error.to_string(),
                "Use a key of the account that these books belong to",
            ),
            E::Cancelled => Self::cancelled("The update was not finished"),
            other => Self::new(
                Code::Failed,
                "The update was not finished",
                other.to_string(),
                "Update again: what was loaded stays, and the update goes on from there",
            ),
        }
    }
}
