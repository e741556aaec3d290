package dev.belfry.testkit.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page that is generated from the code. With {@code -Dbelfry.rewrite=true} it is renewed instead of checked. */
public final class GeneratedPage {
    private final Path file;

    private GeneratedPage(Path file) {
        this.file = file;
    }

    /** @param file relative to the directory of the module that tests it */
    public static GeneratedPage at(String file) {
        return new GeneratedPage(Path.of(file));
    }

    /**
     * Fails unless the page is exactly {@code current}.
     *
     * @throws AssertionError with the first line that differs, and how to renew the page
     */
    public void assertIs(String current) {
        try {
            if (Boolean.getBoolean("belfry.rewrite")) {
                Files.writeString(file, current);
            }
            String stored = Files.exists(file) ? Files.readString(file) : "";
            if (!stored.equals(current)) {
                throw new AssertionError(file + " is stale: "
                        + difference(stored.lines().toList(), current.lines().toList())
                        + "; renew it by running this test with -Dbelfry.rewrite=true");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or write " + file.toAbsolutePath(), e);
        }
    }

    private static String difference(List<String> stored, List<String> current) {
        for (int i = 0; i < Math.max(stored.size(), current.size()); i++) {
            String is = i < stored.size() ? stored.get(i) : "(nothing)";
            String ought = i < current.size() ? current.get(i) : "(nothing)";
            if (!is.equals(ought)) {
                return "line " + (i + 1) + " is \"" + is + "\" and ought to be \"" + ought + "\"";
            }
        }
        return "its line ends differ";
    }
}
