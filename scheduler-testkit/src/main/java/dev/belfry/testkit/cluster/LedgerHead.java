package dev.belfry.testkit.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The first fields of a stored ledger, which say by whom and in which tenancy it was written; what follows them is not read,
 * for the checks look at every ledger that is committed.
 */
record LedgerHead(String writer, long since) {
    private static final JsonFactory JSON = new JsonFactory();

    static LedgerHead read(String path, byte[] data) {
        String writer = null;
        try (JsonParser json = JSON.createParser(data)) {
            json.nextToken();
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (field.equals("writer")) {
                    writer = json.getText();
                } else if (field.equals("since")) {
                    return complete(path, writer, json.getLongValue());
                } else if (!value.isScalarValue()) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new InvariantViolation("R8", path + " cannot be read: " + e.getMessage());
        }
        throw new InvariantViolation("R8", path + " does not say in which tenancy it was written");
    }

    private static LedgerHead complete(String path, @Nullable String writer, long since) {
        if (writer == null) {
            throw new InvariantViolation("R8", path + " does not say who wrote it");
        }
        return new LedgerHead(writer, since);
    }
}
