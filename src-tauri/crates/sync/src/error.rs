//! Why a load ended before its end. What was stored until then stays, and is gone on with.

use books::BooksError;
use stripe::{List, Mode};

/// A load that did not reach its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// Stripe could not be reached, refused the key, or answered with an error.
    #[error(transparent)]
    Gateway(#[from] stripe::Error),
    /// The books could not be read or written.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The key reads objects of another mode than these books hold; nothing was written.
    #[error("these books hold {expected} data, but the key reads {found} objects")]
    Mode {
        /// What the books (and the key) are.
        expected: Mode,
        /// What Stripe's objects are.
        found: Mode,
    },
    /// The key belongs to another account than these books; nothing was written.
    #[error("these books belong to the account {expected}, but the key belongs to {found}")]
    OtherAccount {
        /// The books' account.
        expected: String,
        /// The key's account.
        found: String,
    },
    /// A page says that there is more, but none of its objects has an id to go on from.
    #[error("a page of {} has no object from which the list could be gone on with", .list.as_str())]
    NoWayOn {
        /// The list.
        list: List,
    },
    /// An object's own list does not end, or objects vanish from it faster than it is read.
    #[error("the {what} of {parent} could not be read to their end")]
    Endless {
        /// What is listed.
        what: &'static str,
        /// The object that they belong to.
        parent: String,
    },
    /// Nothing reads objects of this kind in the way that was asked for.
    #[error("a {kind} cannot be read by itself")]
    Unreadable {
        /// The kind.
        kind: objects::Kind,
    },
    /// There is no such list that is proven.
    #[error("{list} is not a list that is proven")]
    UnknownList {
        /// What was asked for.
        list: String,
    },
    /// The books were never loaded: there is no event from which to go on.
    #[error("the account was not loaded yet")]
    NotLoaded,
    /// Part of the load broke down; the reason is in the log.
    #[error("the load broke down: {reason}")]
    Broken {
        /// What is known of it.
        reason: String,
    },
    /// The person stopped it.
    #[error("the load was stopped")]
    Cancelled,
}
