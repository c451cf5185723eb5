//! Connecting, checking and replacing keys, disconnecting, listing.

use desk::answers::{AccountSummary, KeyCheck, Mode};
use desk::{ConnectRequest, Desk, Result};
use secrecy::SecretString;

use super::{STRIPE_KEY, current};
use crate::arguments::Connect;
use crate::output::{Output, Table};
use crate::secrets;

pub async fn connect(desk: &Desk, options: Connect, output: &Output) -> Result<()> {
    let key = secrets::given(STRIPE_KEY, "The Stripe key").await?;
    let passphrase = passphrase_of_machine(desk).await?;
    let request = ConnectRequest {
        key,
        name: options.name,
        api_base: options.api_base,
        entity_name: options.entity,
        passphrase,
    };
    let connected = desk.connect(request).await?;
    for note in &connected.check.notes {
        output.note(note);
    }
    output.answer(&connected, |connected| {
        let AccountSummary {
            name,
            entity_name,
            mode,
            ..
        } = &connected.account;
        format!(
            "Connected {entity_name} ({}) as {name}.\n\nRecovery key, shown this once. Write it \
             down: it opens the books when the keyring or the passphrase is lost.\n  {}\n\nNext: \
             meterdesk-cli --account {name} sync",
            mode_word(*mode),
            connected.recovery_key
        )
    });
    Ok(())
}

/// Where no keyring can be used and no passphrase was given, the person makes one up.
async fn passphrase_of_machine(desk: &Desk) -> Result<Option<SecretString>> {
    let needed = !desk.app_state().await?.keyring_available
        && secrets::variable(secrets::PASSPHRASE).is_none()
        && secrets::at_terminal();
    if !needed {
        return Ok(None);
    }
    let what = "A passphrase that seals the keys on this machine";
    secrets::chosen(secrets::PASSPHRASE, what).await.map(Some)
}

pub async fn check_key(desk: &Desk, api_base: Option<String>, output: &Output) -> Result<()> {
    let key = secrets::given(STRIPE_KEY, "The Stripe key").await?;
    let check = desk.check_key(key, api_base).await?;
    output.answer(&check, check_words);
    if check.usable {
        return Ok(());
    }
    let why = check.notes.join(" ");
    Err(desk::Error::new(
        desk::Code::KeyRefused,
        "This key cannot be used",
        why,
        "Make a restricted key in Stripe's dashboard",
    ))
}

fn check_words(check: &KeyCheck) -> String {
    let mut text = String::new();
    if let Some(name) = check
        .account_name
        .as_ref()
        .or(check.stripe_account.as_ref())
    {
        let mode = check.mode.map(mode_word).unwrap_or("mode unknown");
        text.push_str(&format!("{name} ({mode})\n\n"));
    }
    if !check.permissions.is_empty() {
        let mut table = Table::new(&["May read", "", "Permission", "Without it"]);
        for row in &check.permissions {
            let granted = if row.granted { "yes" } else { "no" };
            let without = if row.granted {
                String::new()
            } else {
                row.without_it.clone()
            };
            table.row(vec![
                row.what.clone(),
                granted.into(),
                row.slug.clone(),
                without,
            ]);
        }
        text.push_str(&table.text());
    }
    for note in &check.notes {
        text.push_str(&format!("\n{note}"));
    }
    text
}

pub async fn replace_key(desk: &Desk, output: &Output) -> Result<()> {
    let name = current(desk).await?;
    let key = secrets::given(STRIPE_KEY, "The new Stripe key").await?;
    let details = desk.replace_key(name, key).await?;
    output.answer(&details, |details| {
        let hint = details.key_hint.as_deref().unwrap_or("unknown");
        format!("The key of {} is now {hint}.", details.account.entity_name)
    });
    Ok(())
}

pub async fn lock_passphrase(desk: &Desk, remove: bool, output: &Output) -> Result<()> {
    let name = current(desk).await?;
    let details = desk.account_details(name.clone()).await?;
    let current = match details.account.needs_passphrase {
        true => Some(secrets::given(secrets::PASSPHRASE, "The present passphrase").await?),
        false => None,
    };
    let new = match remove {
        true => None,
        false => Some(secrets::chosen("METERDESK_NEW_PASSPHRASE", "The new passphrase").await?),
    };
    let details = desk.set_lock_passphrase(name, current, new).await?;
    output.answer(&details, |details| {
        let name = &details.account.entity_name;
        match details.account.needs_passphrase {
            true => format!("The books of {name} open with the passphrase from now on."),
            false => format!(
                "The books of {name} open with the keyring alone: whoever uses this computer \
                 account can open them."
            ),
        }
    });
    Ok(())
}

pub async fn disconnect(desk: &Desk, delete_data: bool, output: &Output) -> Result<()> {
    // Removing must also work where the books can no longer be opened.
    let state = desk.app_state().await?;
    let name = match state.current {
        Some(name) => name,
        None => current(desk).await?,
    };
    desk.disconnect(name.clone(), delete_data).await?;
    let answer = serde_json::json!({ "account": name, "dataRemoved": delete_data });
    output.answer(&answer, |_| {
        if delete_data {
            format!("{name} and its books are removed from this machine.")
        } else {
            format!("The key of {name} is removed; its books stay readable.")
        }
    });
    Ok(())
}

pub async fn list(desk: &Desk, output: &Output) -> Result<()> {
    let state = desk.app_state().await?;
    output.answer(&state.accounts, |accounts| {
        if accounts.is_empty() {
            return "No account is connected on this machine.".into();
        }
        let mut table = Table::new(&["", "Name", "Company", "Mode", "Stripe", "Opens with"]);
        for account in accounts {
            let current = state.current.as_deref() == Some(account.name.as_str());
            table.row(vec![
                if current { "*" } else { "" }.into(),
                account.name.clone(),
                account.entity_name.clone(),
                mode_word(account.mode).into(),
                account.stripe_account.clone(),
                match (account.mode, account.needs_passphrase) {
                    (Mode::Sample, _) => "nothing",
                    (_, true) => "passphrase",
                    (_, false) => "keyring",
                }
                .into(),
            ]);
        }
        table.text()
    });
    Ok(())
}

pub async fn recover(desk: &Desk, output: &Output) -> Result<()> {
    let state = desk.app_state().await?;
    let name = match state.current.clone() {
        Some(name) => name,
        None => match state.accounts.as_slice() {
            [only] => only.name.clone(),
            _ => current(desk).await?,
        },
    };
    let key = secrets::given("METERDESK_RECOVERY_KEY", "The recovery key").await?;
    let account = desk.open_with_recovery_key(name, key, None).await?;
    output.answer(&account, |account| {
        format!(
            "The books of {} are open and their key is kept anew. If updates are refused, give \
             the Stripe key again: meterdesk-cli --account {} replace-key",
            account.entity_name, account.name
        )
    });
    Ok(())
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Test => "test",
        Mode::Sample => "sample",
    }
}
