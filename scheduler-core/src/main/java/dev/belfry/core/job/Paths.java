package dev.belfry.core.job;

import java.util.regex.Pattern;

/** Names of places within definitions: {@code jobs[0].parameters["a b"]}. */
final class Paths {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,60}");

    private Paths() {}

    static String key(String path, String key) {
        if (!PLAIN.matcher(key).matches()) {
            return path + "[" + Complaint.quote(key) + "]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    static String item(String path, int index) {
        return path + "[" + index + "]";
    }
}
