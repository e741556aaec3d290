package dev.belfry.scripts;

import dev.belfry.core.record.CorruptRecordException;
import java.util.regex.Pattern;

/**
 * One kind of znode in a namespace.
 *
 * @param pattern its path below the root of the namespace, with names in angle brackets for what varies
 * @param presence whether it lasts
 * @param writer who writes it
 * @param holds what it says, for the page on znodes
 * @param content how it is stored; {@link Content#NONE} for a mere parent
 */
record ZnodeKind(String pattern, Presence presence, String writer, String holds, Content content) {

    /** Whether a znode lasts longer than the session that created it. */
    enum Presence {
        PERSISTENT,
        EPHEMERAL
    }

    /** Reads the content of a znode, to be shown as JSON. */
    interface Decoder {
        /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
        Object decode(String path, Node node);
    }

    /**
     * The content of a kind of znode.
     *
     * @param form {@code JSON}, {@code binary}, {@code text} or {@code none}
     * @param schema the newest that this version reads; 0 if it has none
     * @param cap bytes at most
     * @param mayBeEmpty whether no bytes are a legal content
     */
    record Content(String form, int schema, int cap, boolean mayBeEmpty, Decoder decoder) {
        static final int ZNODE = 64 * 1024;
        static final Content NONE = new Content("none", 0, 0, true, (path, node) -> "");

        static Content json(int schema, Decoder decoder) {
            return new Content("JSON", schema, ZNODE, false, decoder);
        }

        static Content binary(int schema, Decoder decoder) {
            return new Content("binary", schema, ZNODE, false, decoder);
        }

        Content orEmpty() {
            return new Content(form, schema, cap, true, decoder);
        }

        Content atMost(int bytes) {
            return new Content(form, schema, bytes, mayBeEmpty, decoder);
        }
    }

    /** Whether a path below the root of the namespace is of this kind. */
    boolean matches(String path) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("(?=<)|(?<=>)")) {
            regex.append(
                    switch (part) {
                        case "<hash>", "<bucket>" -> "[0-9a-f]{2}";
                        case "<bb>" -> "[0-9a-f]";
                        case "<segment>" -> "[^/:]+";
                        case "<layout>", "<block>", "<n>", "<term>", "<part>", "<generation>" -> "[0-9]+";
                        case "<job uid>" -> "[^/]+";
                        case "<shard>" -> "[^/:]+";
                        default -> part.startsWith("<") ? "[^/]+" : Pattern.quote(part);
                    });
        }
        return Pattern.matches(regex.toString(), path);
    }

    /**
     * The content of a znode of this kind, to be shown as JSON.
     *
     * @throws CorruptRecordException if it cannot be read, for whatever reason
     */
    Object read(Node node) {
        try {
            return content.decoder().decode(node.path(), node);
        } catch (CorruptRecordException e) {
            throw e;
        } catch (RuntimeException e) {
            throw CorruptRecordException.malformed(node.path(), String.valueOf(e.getMessage()));
        }
    }

    boolean ephemeral() {
        return presence == Presence.EPHEMERAL;
    }
}
