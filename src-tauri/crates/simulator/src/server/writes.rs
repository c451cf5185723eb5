//! The requests that change something.

use crate::account::Account;
use crate::events::Cause;
use crate::server::answer::Refusal;
use crate::server::params::Params;
use crate::server::routes::Route;

/// Carries out a write and answers with the object as it is then.
pub(crate) fn write(
    _account: &mut Account,
    route: &Route,
    _params: Params,
    _cause: Cause,
) -> Result<Vec<u8>, Refusal> {
    Err(Refusal::unknown_url("POST", &route.id))
}
