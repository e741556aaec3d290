package dev.belfry.testkit.store;

import java.util.ArrayList;
import java.util.List;

/** Subtrees that nobody may read or write: as much of ACLs as a refusal needs. */
final class DeniedPaths {
    private final List<String> reads = new ArrayList<>(0);
    private final List<String> writes = new ArrayList<>(0);

    void denyReads(String root) {
        reads.add(root);
    }

    void denyWrites(String root) {
        writes.add(root);
    }

    void allowAll() {
        reads.clear();
        writes.clear();
    }

    boolean deniesRead(String path) {
        return covers(reads, path);
    }

    boolean deniesWrite(String path) {
        return covers(writes, path);
    }

    private static boolean covers(List<String> roots, String path) {
        for (int i = 0; i < roots.size(); i++) {
            String root = roots.get(i);
            if (path.startsWith(root)
                    && (path.length() == root.length() || root.equals("/") || path.charAt(root.length()) == '/')) {
                return true;
            }
        }
        return false;
    }
}
