-- What IsolateTable drops again (docs/decisions: what a composite key implies).

-- A row that must refer to a row of its workspace needs no second key to say that the workspace exists:
-- each check of a key is a query per row.
DO $$ DECLARE implied record; BEGIN
    FOR implied IN
        SELECT k.conrelid::regclass AS on_table, k.conname FROM pg_constraint k
        WHERE k.contype = 'f' AND k.confrelid = 'crm_workspace'::regclass AND EXISTS (
            SELECT FROM pg_constraint other
            JOIN pg_attribute a ON a.attrelid = other.conrelid AND a.attnum = other.conkey[2]
            WHERE other.contype = 'f' AND other.conrelid = k.conrelid AND other.confrelid <> k.conrelid
              AND cardinality(other.conkey) = 2 AND other.conkey[1] = k.conkey[1] AND a.attnotnull)
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', implied.on_table, implied.conname);
    END LOOP;
END $$;

-- The index of a foreign key is of no use beside another one that begins with the same columns.
DO $$ DECLARE covered record; BEGIN
    FOR covered IN
        WITH plain AS (
            SELECT i.indexrelid, i.indrelid, c.relname, i.indkey::text || ' ' AS columns,
                   i.indclass::text || ' ' AS classes, i.indoption::text || ' ' AS directions
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
            WHERE c.relnamespace = 'public'::regnamespace AND m.amname = 'btree'
              AND i.indpred IS NULL AND i.indexprs IS NULL)
        SELECT DISTINCT one.relname FROM plain one JOIN plain other USING (indrelid)
        WHERE one.indexrelid <> other.indexrelid AND one.relname LIKE '%\_here'
          AND starts_with(other.columns, one.columns) AND starts_with(other.classes, one.classes)
          AND starts_with(other.directions, one.directions)
    LOOP EXECUTE format('DROP INDEX %I', covered.relname);
    END LOOP;
END $$;

-- The index of a foreign key that may be null holds the rows that have it: whoever follows the key asks for no other,
-- and a row without it is written faster.
DO $$ DECLARE sparse record; BEGIN
    FOR sparse IN
        SELECT c.relname, i.indrelid::regclass AS on_table, a.attname
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[1]
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE '%\_here'
          AND i.indnatts = 2 AND i.indpred IS NULL AND NOT a.attnotnull
    LOOP
        EXECUTE format('DROP INDEX %I', sparse.relname);
        EXECUTE format('CREATE INDEX %I ON %s (workspace_id, %I) WHERE %I IS NOT NULL',
                       sparse.relname, sparse.on_table, sparse.attname, sparse.attname);
    END LOOP;
END $$;
