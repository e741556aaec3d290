package dev.belfry.faults.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Libraries that are preloaded into a process to change its wall clock or its disk; built from C where there is a compiler. */
public final class Shims {
    private final String why;
    private final Path directory;

    private Shims(String why, Path directory) {
        this.why = why;
        this.directory = directory;
    }

    /** Builds them into {@code directory}. */
    public static Shims build(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            for (String name : new String[] {"wallclock", "disk"}) {
                Path source = directory.resolve(name + ".c");
                try (InputStream in = Shims.class.getResourceAsStream(name + ".c")) {
                    if (in == null) {
                        throw new IllegalStateException("no resource " + name + ".c");
                    }
                    Files.write(source, in.readAllBytes());
                }
                String library = directory.resolve(name + ".so").toString();
                Tool.run("cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library, source.toString());
            }
            return new Shims("", directory);
        } catch (IOException e) {
            return new Shims("no C compiler that builds the shims: " + e.getMessage(), directory);
        }
    }

    /** Why there are none; empty if there are. */
    public String whyNot() {
        return why;
    }

    /** What the environment of a process needs so that {@code control} steps its wall clock, in milliseconds. */
    public Map<String, String> wallClock(Path control) {
        return environment("wallclock", "BELFRY_WALLCLOCK", control);
    }

    /** What the environment of a process needs so that {@code control} delays or fails its fsync. */
    public Map<String, String> disk(Path control) {
        return environment("disk", "BELFRY_DISK", control);
    }

    private Map<String, String> environment(String library, String variable, Path control) {
        return why.isEmpty()
                ? Map.of(
                        "LD_PRELOAD",
                        directory.resolve(library + ".so").toAbsolutePath().toString(),
                        variable,
                        control.toAbsolutePath().toString())
                : Map.of();
    }
}
