package dev.belfry.examples.search.stage;

import java.util.Arrays;

/** The documents that contain a term, each with how often; compact, and in the order in which they were added. */
final class PostingList {
    private long[] entries = new long[2];
    private int size;

    void add(int document, int frequency) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + (size >> 1) + 1);
        }
        entries[size++] = ((long) document << 32) | frequency;
    }

    int size() {
        return size;
    }

    int document(int i) {
        return (int) (entries[i] >>> 32);
    }

    int frequency(int i) {
        return (int) entries[i];
    }

    /** Orders the postings by document. */
    PostingList sorted() {
        Arrays.sort(entries, 0, size);
        return this;
    }

    /** {@code document:frequency} pairs with a blank between them. */
    String encode() {
        StringBuilder text = new StringBuilder(size * 6);
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : " ").append(document(i)).append(':').append(frequency(i));
        }
        return text.toString();
    }

    static PostingList parse(String text) {
        PostingList list = new PostingList();
        int at = 0;
        while (at < text.length()) {
            int colon = text.indexOf(':', at);
            int blank = text.indexOf(' ', colon);
            int end = blank < 0 ? text.length() : blank;
            list.add(Integer.parseInt(text, at, colon, 10), Integer.parseInt(text, colon + 1, end, 10));
            at = end + 1;
        }
        return list;
    }
}
