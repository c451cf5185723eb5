//! Test data that lives by a test clock, in test mode: Stripe leaves it out of its lists, and
//! lists it clock by clock and customer by customer.

use books::{Books, Prepared, Raw, Source};
use stripe::{Cursor, Gateway, List, ListQuery};

use crate::backfill::Clock;
use crate::error::SyncError;
use crate::refetch::{ReadPage, read_page};

/// Pages of one such list at most.
const PAGES_MAX: usize = 1_000;
/// What is listed by customer.
const OF_CUSTOMER: [List; 6] = [
    List::Invoices,
    List::PaymentIntents,
    List::Charges,
    List::CreditNotes,
    List::InvoiceItems,
    List::SubscriptionSchedules,
];

/// Reads what lives by the account's test clocks; nothing in live mode. What may not be read is
/// left out: its list says so already. Answers how many states were new.
pub(crate) async fn test_clocks(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
) -> Result<u64, SyncError> {
    if gateway.mode().is_live() {
        return Ok(0);
    }
    let reading = Reading {
        gateway,
        books,
        clock,
    };
    let mut new_versions = 0;
    for test_clock in books.test_clocks().await? {
        let by_clock = ListQuery {
            test_clock: Some(test_clock),
            ..ListQuery::default()
        };
        let (customers, new) = reading.whole(List::Customers, by_clock.clone()).await?;
        new_versions += new;
        new_versions += reading.whole(List::Subscriptions, by_clock).await?.1;
        for customer in customers {
            new_versions += reading.of_customer(customer).await?;
        }
    }
    Ok(new_versions)
}

struct Reading<'r> {
    gateway: &'r Gateway,
    books: &'r Books,
    clock: &'r Clock,
}

impl Reading<'_> {
    async fn of_customer(&self, customer: String) -> Result<u64, SyncError> {
        let mut new_versions = 0;
        for list in OF_CUSTOMER {
            let query = ListQuery {
                customer: Some(customer.clone()),
                ..ListQuery::default()
            };
            let (ids, new) = self.whole(list, query).await?;
            new_versions += new;
            if list != List::Invoices {
                continue;
            }
            for invoice in ids {
                let query = ListQuery {
                    invoice: Some(invoice),
                    ..ListQuery::default()
                };
                new_versions += self.whole(List::InvoicePayments, query).await?.1;
            }
        }
        Ok(new_versions)
    }

    /// Reads a filtered list to its end, a page a transaction: its ids, and how many states were
    /// new.
    async fn whole(
        &self,
        list: List,
        mut query: ListQuery,
    ) -> Result<(Vec<String>, u64), SyncError> {
        let (mut ids, mut new_versions) = (Vec::new(), 0);
        for _ in 0..PAGES_MAX {
            let page = match read_page(self.gateway, list, &query).await {
                Ok(page) => page,
                Err(SyncError::Gateway(error))
                    if error.is_missing_resource() || error.missing_permissions().is_some() =>
                {
                    return Ok((ids, new_versions));
                }
                Err(error) => return Err(error),
            };
            let last = page.objects.last().map(|last| last.id.clone());
            ids.extend(page.objects.iter().map(|object| object.id.clone()));
            let has_more = page.has_more;
            new_versions += self.store(page).await?;
            if !has_more {
                return Ok((ids, new_versions));
            }
            query.cursor = Some(Cursor::After(last.ok_or(SyncError::NoWayOn { list })?));
        }
        Err(SyncError::NoWayOn { list })
    }

    async fn store(&self, page: ReadPage) -> Result<u64, SyncError> {
        let seen_at = page.date.unwrap_or_else(|| (self.clock)());
        let prepared = prepare(self.books, page.raws).await?;
        let source = Source::Backfill;
        let applied = self.books.apply(prepared, source, seen_at, &[]).await?;
        Ok(applied.new_versions)
    }
}

/// Decodes on a thread that may be busy.
pub(crate) async fn prepare(books: &Books, raws: Vec<Raw>) -> Result<Prepared, SyncError> {
    let books = books.clone();
    tokio::task::spawn_blocking(move || books.prepare(raws))
        .await
        .map_err(crate::pipeline::broken)
}
