package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.worker.KnownModel;

/** The small tables: sessions, tenants, pools, models. */
final class RecordRows {

    static final String SESSIONS = "sessions";
    static final String TENANTS = "tenants";
    static final String POOLS = "pools";
    static final String MODELS = "models";

    private RecordRows() {}

    static Work put(String table, String id, Object record) {
        String json = Json.write(record);
        return statements -> {
            PreparedStatement insert = statements.of("INSERT INTO " + table
                    + " (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record");
            insert.setString(1, id);
            insert.setString(2, json);
            insert.executeUpdate();
        };
    }

    static Work put(KnownModel model) {
        return statements -> {
            PreparedStatement insert = statements
                    .of("""
                        INSERT INTO models (id, digest, context_length, generates, last_seen) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, context_length = excluded.context_length,
                        generates = excluded.generates, last_seen = excluded.last_seen""");
            insert.setString(1, model.id());
            insert.setString(2, model.digest());
            insert.setInt(3, model.contextLength());
            insert.setInt(4, model.generates() ? 1 : 0);
            insert.setLong(5, model.seen() == null ? 0 : model.seen().toEpochMilli());
            insert.executeUpdate();
        };
    }

    static Work remove(String table, String id) {
        return statements -> {
            PreparedStatement delete = statements.of("DELETE FROM " + table + " WHERE id = ?");
            delete.setString(1, id);
            delete.executeUpdate();
        };
    }

    static <T> List<T> all(StoreReader reader, String table, Class<T> type) {
        return reader.queryWhole("SELECT record, id FROM " + table, row -> Json.read(row.getString(1), type));
    }

    static List<KnownModel> models(StoreReader reader) {
        return reader.queryWhole("SELECT id, digest, context_length, generates, last_seen FROM models ORDER BY id",
                row -> new KnownModel(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4) == 1,
                        row.getLong(5) == 0 ? null : Instant.ofEpochMilli(row.getLong(5))));
    }
}
