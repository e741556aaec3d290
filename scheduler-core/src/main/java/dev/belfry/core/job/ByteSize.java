package dev.belfry.core.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 512MB}, {@code 2GiB}. */
public final class ByteSize {

    static final String PATTERN = "[0-9]{1,15}(B|[KMGT]i?B)";

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})(B|[KMGT]i?B)");
    private static final long MOST = 1L << 50;

    /** From the largest unit to the smallest, so that the first that divides a size gives its shortest form. */
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("TiB", 1L << 40);
        UNITS.put("TB", 1_000_000_000_000L);
        UNITS.put("GiB", 1L << 30);
        UNITS.put("GB", 1_000_000_000L);
        UNITS.put("MiB", 1L << 20);
        UNITS.put("MB", 1_000_000L);
        UNITS.put("KiB", 1L << 10);
        UNITS.put("KB", 1_000L);
        UNITS.put("B", 1L);
    }

    private ByteSize() {}

    /**
     * Reads a number of bytes; {@code 0} needs no unit.
     *
     * @throws IllegalArgumentException if it is none, or above 1024TiB
     */
    public static long bytes(String text) {
        try {
            return text.equals("0") ? 0 : parse(text);
        } catch (Refused e) {
            throw new IllegalArgumentException(e.getMessage() + "; write for example 512KB, 4MiB", e);
        }
    }

    static long parse(String text) throws Refused {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new Refused("is " + Complaint.quote(text));
        }
        long count = Long.parseLong(matcher.group(1));
        long unit = UNITS.getOrDefault(matcher.group(2), 1L);
        if (count > MOST / unit) {
            throw new Refused("is " + text + ", more than 1024TiB");
        }
        return count * unit;
    }

    /** The shortest text that says exactly so many bytes, such as {@code 512MB}; from 0. */
    public static String format(long bytes) {
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            if (bytes % unit.getValue() == 0 && bytes > 0) {
                return bytes / unit.getValue() + unit.getKey();
            }
        }
        return bytes + "B";
    }
}
