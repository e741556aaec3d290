package dev.belfry.scripts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/**
 * The lines of a backup: eight hex digits, a space, an object of JSON. The digits are a checksum of the line and of the digits
 * of the line before, so that the first line that was altered, left out or moved is known.
 */
final class BackupLine {
    static final String FIRST = "belfry-backup";
    static final String LAST = "znodes";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private BackupLine() {}

    static String header(BackupHeader header) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put(FIRST, BackupHeader.FORMAT);
        json.put("namespace", header.namespace());
        json.put("taken", header.taken().toString());
        json.put("zxid", Long.toHexString(header.zxid()));
        json.set("above", acl(header.above()));
        json.set("root", acl(header.root()));
        return text(json);
    }

    /** @throws RuntimeException if it is none, with the reason */
    static BackupHeader header(JsonNode json) {
        return new BackupHeader(
                required(json, "namespace").asText(),
                Instant.parse(required(json, "taken").asText()),
                Long.parseUnsignedLong(required(json, "zxid").asText(), 16),
                acl(required(json, "above")),
                acl(required(json, "root")));
    }

    static String znode(Copied znode) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("path", znode.path());
        json.put("modified", znode.modified().toEpochMilli());
        String text = new String(znode.data(), StandardCharsets.UTF_8);
        if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), znode.data())) {
            json.put("text", text);
        } else {
            json.put("base64", Base64.getEncoder().encodeToString(znode.data()));
        }
        json.set("acl", acl(znode.acl()));
        return text(json);
    }

    /** @throws RuntimeException if it is none, with the reason */
    static Copied znode(JsonNode json) {
        byte[] data = json.has("text")
                ? json.get("text").asText().getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(required(json, "base64").asText());
        return new Copied(
                required(json, "path").asText(),
                data,
                acl(required(json, "acl")),
                Instant.ofEpochMilli(required(json, "modified").asLong()));
    }

    /** The last line: what is before it is whole if it says so. */
    static String end(BackupEnd end) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put(LAST, end.znodes());
        json.put("zxid", Long.toHexString(end.zxid()));
        json.put("sha256", end.sha256());
        return text(json);
    }

    static BackupEnd end(JsonNode json) {
        return new BackupEnd(
                required(json, LAST).asLong(),
                Long.parseUnsignedLong(required(json, "zxid").asText(), 16),
                required(json, "sha256").asText());
    }

    /** The digits of a line that follows one with the digits {@code before}. */
    static String digits(String before, String json) {
        CRC32C sum = new CRC32C();
        sum.update((before + json).getBytes(StandardCharsets.UTF_8));
        return String.format(java.util.Locale.ROOT, "%08x", sum.getValue());
    }

    /** @throws JsonProcessingException if it is not JSON */
    static JsonNode parse(String json) throws JsonProcessingException {
        return MAPPER.readTree(json);
    }

    private static JsonNode required(JsonNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null) {
            throw new IllegalArgumentException("it lacks '" + field + "'");
        }
        return value;
    }

    private static ArrayNode acl(List<ACL> acl) {
        ArrayNode entries = MAPPER.createArrayNode();
        for (ACL entry : acl) {
            ArrayNode one = entries.addArray();
            one.add(entry.getPerms());
            one.add(entry.getId().getScheme());
            one.add(entry.getId().getId());
        }
        return entries;
    }

    private static List<ACL> acl(JsonNode entries) {
        List<ACL> acl = new ArrayList<>();
        for (JsonNode one : entries) {
            if (one.size() != 3) {
                throw new IllegalArgumentException("an entry of an ACL has three parts, not " + one.size());
            }
            acl.add(new ACL(
                    one.get(0).asInt(), new Id(one.get(1).asText(), one.get(2).asText())));
        }
        if (acl.isEmpty()) {
            throw new IllegalArgumentException("an ACL is empty");
        }
        return acl;
    }

    private static String text(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("cannot be written as JSON: " + json, e);
        }
    }
}
