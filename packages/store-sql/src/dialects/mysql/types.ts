import type { ColumnTypes } from "../sqlDialect.js";

export const types: ColumnTypes = {
  id: "bigint auto_increment primary key",
  text: (characters) => `varchar(${characters})`,
  longText: "mediumtext",
  integer: "int",
  bigInteger: "bigint",
  bytes: "mediumblob",
  // The other collations take `a` for `A`, and some of them for `ä`.
  tableOptions:
    " engine=InnoDB row_format=dynamic default character set utf8mb4 collate utf8mb4_bin",
  functions: [],
};
