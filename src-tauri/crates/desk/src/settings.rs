//! The person's choices, and the open account's.

use std::sync::Arc;

use serde_json::json;

use crate::answers::Settings;
use crate::context::{Inner, Open};
use crate::{Error, Result, ledger};

/// Longest idle time that can be chosen, in minutes: a day.
const MOST_MINUTES: u32 = 24 * 60;
/// Longest name of a company.
const ENTITY_LENGTH: usize = 120;

impl Inner {
    /// What holds now: the person's, and the open account's where one is open.
    pub fn settings_of(&self, open: Option<&Open>) -> Settings {
        let person = self.person();
        let mut settings = Settings {
            theme: person.theme,
            comfortable_rows: person.comfortable_rows,
            lock_after_minutes: person.lock_after_minutes,
            ..Settings::default()
        };
        if let Some(open) = open {
            let file = open.file();
            settings.zone = file.zone;
            settings.entity_name = file.entity_name;
            settings.live_share_percent = file.live_share_percent;
        }
        settings
    }

    pub async fn settings(&self) -> Result<Settings> {
        let state = self.state.lock().await;
        Ok(self.settings_of(state.open.as_deref()))
    }

    pub async fn set_settings(self: &Arc<Self>, settings: Settings) -> Result<Settings> {
        let settings = checked(settings)?;
        let open = self.state.lock().await.open.clone();
        let before = self.settings_of(open.as_deref());
        self.change_person(|person| {
            person.theme = settings.theme;
            person.comfortable_rows = settings.comfortable_rows;
            person.lock_after_minutes = settings.lock_after_minutes;
        })?;
        let Some(open) = open else {
            return self.settings().await;
        };
        let changes = company_changes(&before, &settings);
        if !changes.is_empty() {
            open.writable("The settings were not changed")?;
            open.change_file(|file| {
                file.zone.clone_from(&settings.zone);
                file.entity_name.clone_from(&settings.entity_name);
                file.live_share_percent = settings.live_share_percent;
            })?;
            let payload = json!({ "changes": changes.join(", ") });
            ledger::note(
                &open,
                &self.config.author,
                self.now(),
                "settings.changed",
                payload,
            )
            .await?;
        }
        Ok(self.settings_of(Some(&open)))
    }
}

/// Every choice within its limits.
fn checked(mut settings: Settings) -> Result<Settings> {
    let what = "The settings were not changed";
    settings.entity_name = settings.entity_name.trim().to_owned();
    if settings.zone.parse::<chrono_tz::Tz>().is_err() {
        let why = format!("“{}” is no time zone", settings.zone);
        return Err(Error::invalid("zone", what, why).then("Choose one such as Europe/Berlin"));
    }
    if settings.entity_name.chars().count() > ENTITY_LENGTH {
        let why = format!("The company's name is longer than {ENTITY_LENGTH} letters");
        return Err(Error::invalid("entity_name", what, why));
    }
    if settings.lock_after_minutes > MOST_MINUTES {
        let why = format!("The idle time is at most {MOST_MINUTES} minutes; 0 never locks");
        return Err(Error::invalid("lock_after_minutes", what, why));
    }
    if !(1..=100).contains(&settings.live_share_percent) {
        let why = "The share of Stripe's limits is between 1 and 100 percent";
        return Err(Error::invalid("live_share_percent", what, why));
    }
    Ok(settings)
}

/// What changed for the company: the ledger says it. A theme is nobody else's matter.
fn company_changes(before: &Settings, after: &Settings) -> Vec<String> {
    let mut changes = Vec::new();
    if before.zone != after.zone {
        changes.push(format!("zone {} → {}", before.zone, after.zone));
    }
    if before.entity_name != after.entity_name {
        changes.push(format!(
            "company “{}” → “{}”",
            before.entity_name, after.entity_name
        ));
    }
    if before.live_share_percent != after.live_share_percent {
        let (from, to) = (before.live_share_percent, after.live_share_percent);
        changes.push(format!("share of Stripe's limits {from} % → {to} %"));
    }
    changes
}
