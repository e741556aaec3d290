package dev.belfry.core.queue;

import java.util.Map;

/** How many bytes a text takes in JSON. */
final class JsonBytes {

    private JsonBytes() {}

    /** About the bytes of a map of texts, and no less. */
    static int of(Map<String, String> texts) {
        int bytes = 20;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            bytes += of(text.getKey()) + of(text.getValue()) + 6;
        }
        return bytes;
    }

    /** Bytes of the text within its quotes, as the writer of records escapes it. */
    static int of(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                bytes += 2;
            } else if (c < 0x20) {
                bytes += 6;
            } else if (c < 0x80) {
                bytes++;
            } else {
                // A surrogate is one half of four bytes.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
        }
        return bytes;
    }
}
