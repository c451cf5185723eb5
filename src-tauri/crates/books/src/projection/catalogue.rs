//! The tables `product`, `price`, `price_tiers`, `coupon`, `coupon_terms`,
//! `discount` and `tax_rate`.

use std::sync::LazyLock;

use objects::rows::{
    CouponRow, CouponTermsRow, DiscountRow, PriceRow, PriceTiersRow, ProductRow, TaxRateRow,
};
use sqlx::SqliteConnection;

use super::{Projection, record, table_statement};
use crate::bulk::{Rows, Statement};
use crate::error::Result;

static PRODUCTS: LazyLock<Statement> = LazyLock::new(|| table_statement::<ProductRow>(&[]));
static PRICES: LazyLock<Statement> = LazyLock::new(|| table_statement::<PriceRow>(&[]));
static PRICE_TIERS: LazyLock<Statement> = LazyLock::new(|| table_statement::<PriceTiersRow>(&[]));
static COUPONS: LazyLock<Statement> = LazyLock::new(|| table_statement::<CouponRow>(&[]));
static COUPON_TERMS: LazyLock<Statement> = LazyLock::new(|| table_statement::<CouponTermsRow>(&[]));
static DISCOUNTS: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<DiscountRow>(&["customer_num"]));
static TAX_RATES: LazyLock<Statement> = LazyLock::new(|| table_statement::<TaxRateRow>(&[]));

pub(super) struct Writer {
    products: Rows<'static>,
    prices: Rows<'static>,
    price_tiers: Rows<'static>,
    coupons: Rows<'static>,
    coupon_terms: Rows<'static>,
    discounts: Rows<'static>,
    tax_rates: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            products: Rows::new(&PRODUCTS),
            prices: Rows::new(&PRICES),
            price_tiers: Rows::new(&PRICE_TIERS),
            coupons: Rows::new(&COUPONS),
            coupon_terms: Rows::new(&COUPON_TERMS),
            discounts: Rows::new(&DISCOUNTS),
            tax_rates: Rows::new(&TAX_RATES),
        }
    }

    pub(super) async fn product(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: ProductRow,
    ) -> Result<()> {
        self.products.int(at.num);
        record(&mut self.products, row);
        self.products.end_row(connection).await
    }

    pub(super) async fn price(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: PriceRow,
    ) -> Result<()> {
        self.prices.int(at.num);
        record(&mut self.prices, row);
        self.prices.end_row(connection).await
    }

    pub(super) async fn price_tiers(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: PriceTiersRow,
    ) -> Result<()> {
        self.price_tiers.int(at.num);
        record(&mut self.price_tiers, row);
        self.price_tiers.end_row(connection).await
    }

    pub(super) async fn coupon(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: CouponRow,
    ) -> Result<()> {
        self.coupons.int(at.num);
        record(&mut self.coupons, row);
        self.coupons.end_row(connection).await
    }

    pub(super) async fn coupon_terms(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: CouponTermsRow,
    ) -> Result<()> {
        self.coupon_terms.int(at.num);
        record(&mut self.coupon_terms, row);
        self.coupon_terms.end_row(connection).await
    }

    pub(super) async fn discount(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: DiscountRow,
    ) -> Result<()> {
        self.discounts.int(at.num);
        record(&mut self.discounts, row);
        self.discounts.maybe_int(at.refers[0]);
        self.discounts.end_row(connection).await
    }

    pub(super) async fn tax_rate(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: TaxRateRow,
    ) -> Result<()> {
        self.tax_rates.int(at.num);
        record(&mut self.tax_rates, row);
        self.tax_rates.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.products.finish(connection).await?;
        self.prices.finish(connection).await?;
        self.price_tiers.finish(connection).await?;
        self.coupons.finish(connection).await?;
        self.coupon_terms.finish(connection).await?;
        self.discounts.finish(connection).await?;
        self.tax_rates.finish(connection).await
    }
}
