package dev.belfry.core.job;

/** Names of places within definitions: {@code jobs[0].parameters["a b"]}. */
final class Paths {

    private static final int LONGEST_PLAIN = 60;

    private Paths() {}

    static String key(String path, String key) {
        if (!isPlain(key)) {
            return path + "[" + Complaint.quote(key) + "]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    // Asked of every key of every record that is read, so without a pattern.
    private static boolean isPlain(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && (c < '0' || c > '9') && c != '_' && c != '-') {
                return false;
            }
        }
        return !key.isEmpty() && key.length() <= LONGEST_PLAIN;
    }

    static String item(String path, int index) {
        return path + "[" + index + "]";
    }
}
