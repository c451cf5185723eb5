//! What a text finds, for the palette.

use std::sync::Arc;

use crate::Result;
use crate::answers::Hit;
use crate::context::Inner;

/// Hits of each kind.
const HITS: u32 = 10;
/// Longest text that is searched for, in letters.
const TEXT_LENGTH: usize = 200;

impl Inner {
    pub async fn search(self: &Arc<Self>, text: &str) -> Result<Vec<Hit>> {
        let open = self.open().await?;
        let text: String = text.trim().chars().take(TEXT_LENGTH).collect();
        let hits = open.books.search(&text, HITS, self.now()).await?;
        Ok(hits
            .into_iter()
            .map(|hit| Hit {
                kind: match hit.kind {
                    books::HitKind::Tenant => "tenant",
                    books::HitKind::Invoice => "invoice",
                }
                .into(),
                id: hit.id,
                title: hit.title,
                detail: hit.detail,
            })
            .collect())
    }
}
