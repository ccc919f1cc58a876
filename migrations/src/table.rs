//! A few words in which the migrations declare tables, so that a table is a line for each column.

use sea_orm_migration::prelude::*;

/// What a column holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A UUID.
    Id,
    /// A word or other text.
    Text,
    /// A whole number, or an instant in unix milliseconds.
    Number,
    /// Sealed or hashed bytes.
    Bytes,
}

/// A column that must have a value.
pub fn must(name: &'static str, kind: Kind) -> ColumnDef {
    may(name, kind).not_null().take()
}

/// A column that may be empty.
pub fn may(name: &'static str, kind: Kind) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match kind {
        Kind::Id => column.uuid(),
        Kind::Text => column.text(),
        Kind::Number => column.big_integer(),
        Kind::Bytes => column.blob(),
    };
    column.take()
}

/// A table with its columns, its primary key and its indexes; an index whose name begins with `unique` is unique.
pub struct TableOf {
    /// The table's name.
    pub name: &'static str,
    /// Its columns.
    pub columns: Vec<ColumnDef>,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// Its further indexes: name after the table's, columns.
    pub indexes: &'static [(&'static str, &'static [&'static str])],
}

impl TableOf {
    /// Creates the table and its indexes.
    pub async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mut table = Table::create();
        table.table(Alias::new(self.name));
        for column in self.columns {
            table.col(column);
        }
        let mut key = Index::create();
        for column in self.key {
            key.col(Alias::new(*column));
        }
        table.primary_key(&mut key);
        manager.create_table(table.take()).await?;
        for (name, columns) in self.indexes {
            let mut index = Index::create();
            index.name(format!("{}_{name}", self.name)).table(Alias::new(self.name));
            for column in *columns {
                index.col(Alias::new(*column));
            }
            if name.starts_with("unique") {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}
