//! Walks a list page by page, either way, with its filters kept.

use crate::error::Error;
use crate::gateway::Gateway;
use crate::list::{Cursor, List, ListQuery};
use crate::page::Page;

/// A walk along a list. Towards older objects unless it begins with [`Cursor::Before`].
#[derive(Debug)]
pub struct Pager<'a> {
    gateway: &'a Gateway,
    list: List,
    query: ListQuery,
    done: bool,
}

impl Gateway {
    /// Begins a walk; nothing is read yet.
    pub fn pager(&self, list: List, query: ListQuery) -> Pager<'_> {
        Pager {
            gateway: self,
            list,
            query,
            done: false,
        }
    }
}

impl Pager<'_> {
    /// The next page, or none at the end. Objects within a page are newest first either way.
    ///
    /// # Errors
    /// [`Error`] of the last attempt; the walk can be gone on with.
    pub async fn next_page(&mut self) -> Result<Option<Page>, Error> {
        if self.done {
            return Ok(None);
        }
        let page = self.gateway.list_page(self.list, &self.query).await?;
        let newer = matches!(self.query.cursor, Some(Cursor::Before(_)));
        let edge = if newer { page.first() } else { page.last() };
        match edge {
            Some(edge) if page.has_more => {
                let cursor = if newer {
                    Cursor::Before(edge.id)
                } else {
                    Cursor::After(edge.id)
                };
                self.query.cursor = Some(cursor);
            }
            _ => self.done = true,
        }
        Ok(Some(page))
    }
}
