//! Answers, and Stripe's error bodies.

use crate::ids::Ids;
use crate::json::{Pen, Text, put};

/// What is sent back: a status, headers beyond the usual ones, and JSON.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// False for the one refusal that Stripe sends without a request id: a lock that timed out.
    pub(crate) has_request_id: bool,
}

impl Answer {
    pub(crate) const fn ok(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body,
            has_request_id: true,
        }
    }
}

/// A request that Stripe turns down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
    headers: Vec<(&'static str, String)>,
    has_request_id: bool,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, message: String) -> Self {
        let headers = Vec::new();
        Self {
            status,
            kind,
            code: None,
            message,
            param: None,
            headers,
            has_request_id: true,
        }
    }

    fn invalid(status: u16, message: String) -> Self {
        Self::new(status, "invalid_request_error", message)
    }

    const fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn param(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// An object that a path names is not there.
    pub(crate) fn missing(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::invalid(404, message)
            .code("resource_missing")
            .param("id")
    }

    /// An object that a parameter names is not there.
    pub(crate) fn missing_param(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::invalid(400, message)
            .code("resource_missing")
            .param(param)
    }

    pub(crate) fn unknown_param(name: &str) -> Self {
        let message = format!("Received unknown parameter: {name}");
        Self::invalid(400, message)
            .code("parameter_unknown")
            .param(name)
    }

    pub(crate) fn required_param(name: &str) -> Self {
        let message = format!("Missing required param: {name}.");
        Self::invalid(400, message)
            .code("parameter_missing")
            .param(name)
    }

    pub(crate) fn invalid_integer(name: &str, value: &str) -> Self {
        let message = format!("Invalid integer: {value}");
        Self::invalid(400, message)
            .code("parameter_invalid_integer")
            .param(name)
    }

    pub(crate) fn limit(value: i64) -> Self {
        let message = if value > 100 {
            "This value must be less than or equal to 100."
        } else {
            "This value must be greater than or equal to 1."
        };
        let refusal = Self::invalid(400, message.to_owned());
        refusal.code("parameter_invalid_integer").param("limit")
    }

    pub(crate) fn invalid_value(name: &str, value: &str, allowed: &str) -> Self {
        let message = format!("Invalid {name}: must be one of {allowed} (got '{value}')");
        Self::invalid(400, message).param(name)
    }

    pub(crate) fn exclusive() -> Self {
        let message = "Received both ending_before and starting_after parameters. Please pass in \
                       only one.";
        Self::invalid(400, message.to_owned()).code("parameters_exclusive")
    }

    pub(crate) fn expand(path: &str) -> Self {
        let message = format!("This property cannot be expanded ({path}).");
        Self::invalid(400, message).param("expand")
    }

    pub(crate) fn expand_depth() -> Self {
        let message = "You cannot expand more than 4 levels of a property.".to_owned();
        Self::invalid(400, message).param("expand")
    }

    pub(crate) fn unknown_url(method: &str, path: &str) -> Self {
        Self::invalid(
            404,
            format!(
                "Unrecognized request URL ({method}: {path}). Please see \
                 https://stripe.com/docs or we can help at https://support.stripe.com/."
            ),
        )
    }

    pub(crate) fn no_key() -> Self {
        let message = "You did not provide an API key. You need to provide your API key in the \
                       Authorization header, using Bearer auth (e.g. 'Authorization: Bearer \
                       YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for \
                       details, or we can help at https://support.stripe.com/.";
        Self::invalid(401, message.to_owned()).header("WWW-Authenticate", "Bearer realm=\"Stripe\"")
    }

    pub(crate) fn wrong_key(shown: &str) -> Self {
        Self::invalid(401, format!("Invalid API Key provided: {shown}"))
    }

    pub(crate) fn expired_key(shown: &str) -> Self {
        Self::invalid(401, format!("Expired API Key provided: {shown}")).code("api_key_expired")
    }

    pub(crate) fn publishable_key() -> Self {
        let message = "This API call cannot be made with a publishable API key. Please use a \
                       secret API key. You can find a list of your API keys at \
                       https://dashboard.stripe.com/account/apikeys.";
        Self::invalid(401, message.to_owned()).code("secret_key_required")
    }

    pub(crate) fn permission(shown: &str, account: &str, slug: &str) -> Self {
        Self::invalid(
            403,
            format!(
                "The provided key '{shown}' does not have the required permissions for this \
                 endpoint on account '{account}'. Having the '{slug}' permission would allow \
                 this request to continue."
            ),
        )
    }

    pub(crate) fn version(version: &str) -> Self {
        Self::invalid(400, format!("Invalid Stripe API version: {version}"))
    }

    pub(crate) fn rate_limited(reason: &'static str) -> Self {
        let message = "Request rate limit exceeded. You can learn more about rate limits here \
                       https://stripe.com/docs/rate-limits.";
        Self::invalid(429, message.to_owned())
            .code("rate_limit")
            .header("Stripe-Rate-Limited-Reason", reason)
    }

    /// The object is being worked on by another request; nothing was done.
    pub(crate) fn locked() -> Self {
        let message = "This object cannot be accessed right now because another API request or \
                       Stripe process is currently accessing it. If you see this error \
                       intermittently, retry the request.";
        let refusal = Self::invalid(429, message.to_owned()).code("lock_timeout");
        Self {
            has_request_id: false,
            ..refusal
        }
    }

    pub(crate) fn server(status: u16) -> Self {
        let message = "An unknown error occurred. If this persists, contact us at \
                       https://support.stripe.com/.";
        let refusal = Self::new(status, "api_error", message.to_owned());
        if status == 503 {
            refusal.header("Stripe-Should-Retry", "true")
        } else {
            refusal
        }
    }

    pub(crate) fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were \
             first used with. Try using a key other than '{key}' if you meant to execute a \
             different request."
        );
        Self::new(400, "idempotency_error", message)
    }

    pub(crate) fn key_in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key (that \
             probably means you submitted twice, and the other request is still going \
             through): {key}. Please try again later."
        );
        Self::new(409, "idempotency_error", message).code("idempotency_key_in_use")
    }

    pub(crate) fn canceled_subscription() -> Self {
        let message = "A canceled subscription can only update its cancellation_details and \
                       metadata.";
        Self::invalid(400, message.to_owned())
    }

    /// True where Stripe remembers this answer under an idempotency key: the work had begun.
    pub(crate) const fn is_remembered(&self) -> bool {
        self.status >= 500 || self.status == 402
    }

    /// The answer as it is sent.
    pub(crate) fn into_answer(self) -> Answer {
        let ids = Ids::new(0);
        let mut pen = Pen::new(&ids, 400);
        put!(&mut pen; "{\"error\":{");
        if let Some(code) = self.code {
            put!(&mut pen; r#""code":""#, code, r#"","doc_url":"#);
            let slug = code.replace('_', "-");
            put!(&mut pen; Text(&format!("https://stripe.com/docs/error-codes/{slug}")), ",");
        }
        put!(&mut pen; r#""message":"#, Text(&self.message));
        if let Some(param) = &self.param {
            put!(&mut pen; r#","param":"#, Text(param));
        }
        put!(&mut pen; r#","type":""#, self.kind, "\"}}");
        Answer {
            status: self.status,
            headers: self.headers,
            body: pen.out,
            has_request_id: self.has_request_id,
        }
    }
}
