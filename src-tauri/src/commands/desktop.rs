//! What belongs to the desktop and not to the desk: dialogs, the browser, stopping a job.

use std::path::PathBuf;

use desk::{Code, Desk, Error, Result};
use tauri::{AppHandle, Runtime, State, Url};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

use crate::{
    jobs::Jobs,
    picks::{self, Picks},
    window,
};

/// Stops what runs under that name.
#[tauri::command]
#[specta::specta]
pub fn cancel_job(jobs: State<'_, Jobs>, job: String) {
    jobs.cancel(&job);
}

/// Asks where to save; none when the person changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn pick_save_path<R: Runtime>(
    app: AppHandle<R>,
    picks: State<'_, Picks>,
    suggested_name: String,
) -> Result<Option<String>> {
    let name = picks::file_name(&suggested_name);
    let path = match test_folder() {
        Some(folder) => Some(folder.join(name)),
        None => ask(move |answer| app.dialog().file().set_file_name(name).save_file(answer)).await,
    };
    Ok(path.map(|path| remember(&picks, path)))
}

/// Asks which file to open, e.g. one that ends with `meterdesk-backup`; none when the person
/// changed their mind.
#[tauri::command]
#[specta::specta]
pub async fn pick_open_path<R: Runtime>(
    app: AppHandle<R>,
    picks: State<'_, Picks>,
    extension: Option<String>,
) -> Result<Option<String>> {
    let path = match test_folder() {
        Some(folder) => newest(&folder, extension.as_deref()),
        None => {
            ask(move |answer| {
                let mut dialog = app.dialog().file();
                if let Some(extension) = &extension {
                    dialog = dialog.add_filter("Meterdesk", &[extension]);
                }
                dialog.pick_file(answer);
            })
            .await
        }
    };
    Ok(path.map(|path| remember(&picks, path)))
}

/// Opens a page of Stripe's dashboard in the browser.
///
/// # Errors
/// `Forbidden` for any other address.
#[tauri::command]
#[specta::specta]
pub async fn open_in_dashboard<R: Runtime>(app: AppHandle<R>, url: String) -> Result<()> {
    open(&app, &url)
}

/// Opens Stripe's page that makes a restricted key, with the permissions already chosen.
#[tauri::command]
#[specta::specta]
pub async fn open_key_page<R: Runtime>(app: AppHandle<R>, desk: State<'_, Desk>) -> Result<()> {
    open(&app, &desk.restricted_key_url())
}

fn open<R: Runtime>(app: &AppHandle<R>, url: &str) -> Result<()> {
    let allowed = Url::parse(url).ok().filter(window::is_dashboard);
    let Some(allowed) = allowed else {
        return Err(Error::new(
            Code::Forbidden,
            "The page was not opened",
            "Meterdesk opens only Stripe's dashboard",
            "",
        ));
    };
    app.opener()
        .open_url(allowed, None::<&str>)
        .map_err(|error| {
            tracing::warn!(%error, "no browser opened");
            Error::new(
                Code::Failed,
                "The browser was not opened",
                "The system knows no program for web pages",
                "Open dashboard.stripe.com yourself",
            )
        })
}

/// Waits for a dialog without holding a thread.
async fn ask(
    show: impl FnOnce(Box<dyn FnOnce(Option<tauri_plugin_dialog::FilePath>) + Send>),
) -> Option<PathBuf> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    show(Box::new(move |path| {
        // The window may be gone before the dialog is; then nobody waits.
        let _nobody_waits = sender.send(path);
    }));
    receiver
        .await
        .ok()
        .flatten()
        .and_then(|path| path.into_path().ok())
}

fn remember(picks: &Picks, path: PathBuf) -> String {
    let shown = path.display().to_string();
    picks.remember(path);
    shown
}

/// A native dialog cannot be driven by a test, so development builds take the answer from here.
fn test_folder() -> Option<PathBuf> {
    if cfg!(debug_assertions) {
        std::env::var_os("METERDESK_TEST_SAVE_DIR").map(PathBuf::from)
    } else {
        None
    }
}

fn newest(folder: &std::path::Path, extension: Option<&str>) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().filter(|entry| {
        extension.is_none_or(|extension| entry.path().to_string_lossy().ends_with(extension))
    });
    files
        .max_by_key(|entry| entry.metadata().and_then(|data| data.modified()).ok())
        .map(|entry| entry.path())
}
