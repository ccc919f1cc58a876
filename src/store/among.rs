//! "Is one of these", in a statement that is prepared once however many they are.
//!
//! A list of as many placeholders as there are values is another statement for every number of values, which each
//! database would parse and plan anew with nearly every batch.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Value};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend};

/// Whether `column` is one of `values`: an array on PostgreSQL; on SQLite, which has none, a list that is filled up
/// to a power of two with its last value.
pub(super) fn among<C, V>(conn: &impl ConnectionTrait, column: C, values: impl IntoIterator<Item = V>) -> Expr
where
    C: ColumnTrait,
    V: Into<Value> + Clone,
    Vec<V>: Into<Value>,
{
    let mut values: Vec<V> = values.into_iter().collect();
    if conn.get_database_backend() == DbBackend::Postgres {
        let values: Value = values.into();
        return column.into_expr().eq(PgFunc::any(Expr::value(values)));
    }
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    column.is_in(values)
}
