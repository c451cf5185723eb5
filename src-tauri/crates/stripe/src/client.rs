//! Carries async-stripe's own requests: whatever its builders make leaves by this transport.

use bytes::Bytes;
use stripe_client_core::{CustomizedStripeRequest, RequestStrategy, StripeClient};

use crate::error::Error;
use crate::gateway::Gateway;
use crate::request::{IdempotencyKey, Request};

impl StripeClient for Gateway {
    type Err = Error;

    /// The strategy's idempotency key is sent; repeating stays the gateway's matter.
    async fn execute(&self, req: CustomizedStripeRequest) -> Result<Bytes, Error> {
        let (built, given) = req.into_pieces();
        if given.account_id.is_some() {
            return Err(Error::OtherAccount);
        }
        let key = match given.request_strategy {
            Some(RequestStrategy::Idempotent(key)) => Some(IdempotencyKey::new(key.as_str())?),
            _ => None,
        };
        Ok(self.send(&Request::from_builder(built, key)?).await?.body)
    }
}
