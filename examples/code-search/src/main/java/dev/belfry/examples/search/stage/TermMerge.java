package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.work.Durable;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads several files of postings, each sorted by term, as if they were one. Holds one line of each in memory. */
final class TermMerge implements Closeable {
    /** Takes each term once. */
    @FunctionalInterface
    interface Visitor {
        void visit(String term, PostingList postings) throws IOException;
    }

    private final List<Cursor> cursors = new ArrayList<>();

    /**
     * Adds a file.
     *
     * @param numbers what a document's number in the file is in the merged postings
     */
    void add(Path file, IntUnaryOperator numbers) throws IOException {
        cursors.add(new Cursor(Durable.open(file), numbers));
    }

    /** Gives every term with its postings in the order of the documents. To be called once. */
    void forEach(Visitor visitor) throws IOException {
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparing(Cursor::term));
        for (Cursor cursor : cursors) {
            if (cursor.advance()) {
                queue.add(cursor);
            }
        }
        while (!queue.isEmpty()) {
            String term = queue.element().term();
            PostingList merged = new PostingList();
            while (!queue.isEmpty() && queue.element().term().equals(term)) {
                Cursor cursor = queue.remove();
                cursor.addTo(merged);
                if (cursor.advance()) {
                    queue.add(cursor);
                }
            }
            visitor.visit(term, merged.sorted());
        }
    }

    @Override
    public void close() throws IOException {
        for (Cursor cursor : cursors) {
            cursor.reader.close();
        }
    }

    private static final class Cursor {
        private final BufferedReader reader;
        private final IntUnaryOperator numbers;
        private String term = "";
        private String postings = "";

        Cursor(BufferedReader reader, IntUnaryOperator numbers) {
            this.reader = reader;
            this.numbers = numbers;
        }

        String term() {
            return term;
        }

        boolean advance() throws IOException {
            @Nullable String line = reader.readLine();
            if (line == null) {
                return false;
            }
            int tab = line.indexOf('\t');
            term = line.substring(0, tab);
            postings = line.substring(tab + 1);
            return true;
        }

        void addTo(PostingList merged) {
            PostingList own = PostingList.parse(postings);
            for (int i = 0; i < own.size(); i++) {
                merged.add(numbers.applyAsInt(own.document(i)), own.frequency(i));
            }
        }
    }
}
