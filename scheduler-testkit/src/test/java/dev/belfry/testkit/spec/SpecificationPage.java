package dev.belfry.testkit.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/** What {@code docs/spec/README.md} says in its tables. */
final class SpecificationPage {
    private static final Pattern CODE = Pattern.compile("`([\\w.]+)#(\\w+)`");

    /** Who else may take a step: nothing of ours does it, or it only stands for the end of what is modelled. */
    private static final List<String> OUTSIDE =
            List.of("ZooKeeper", "time", "machines", "user code", "people", "the model");

    private final List<List<String>> rows = new ArrayList<>();
    private final TypePool classes = TypePool.Default.of(SpecificationPage.class.getClassLoader());

    SpecificationPage() {
        Configuration.read(Configuration.SPECIFICATION.resolve("README.md").toString())
                .lines()
                .filter(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::trim)
                        .toList())
                .forEach(rows::add);
    }

    /** Who takes a step of a module: the cells of the rows that begin with the two. */
    List<String> takers(String module, String action) {
        return rows.stream()
                .filter(row -> row.size() > 2
                        && row.get(0).equals(module)
                        && row.get(1).equals("`" + action + "`"))
                .map(row -> row.get(2))
                .toList();
    }

    /** The steps of a module that the page names. */
    List<String> actions(String module) {
        return rows.stream()
                .filter(row -> row.size() > 2
                        && row.get(0).equals(module)
                        && row.get(1).startsWith("`"))
                .map(row -> row.get(1).replace("`", ""))
                .toList();
    }

    /** What is wrong with a cell that says who takes a step; empty if nothing is. */
    List<String> problems(String cell) {
        List<String> problems = new ArrayList<>();
        boolean named = OUTSIDE.stream().anyMatch(cell::startsWith);
        for (Matcher code = CODE.matcher(cell); code.find(); ) {
            named = true;
            TypePool.Resolution type = classes.describe(binaryName(code.group(1)));
            if (!type.isResolved()) {
                problems.add("there is no class dev.belfry." + code.group(1));
            } else if (!declares(type.resolve(), code.group(2))) {
                problems.add("dev.belfry." + code.group(1) + " has no method " + code.group(2));
            }
        }
        if (!named) {
            problems.add("'" + cell + "' names no method as `package.Class#method`, nor one of " + OUTSIDE);
        }
        return problems;
    }

    private static boolean declares(TypeDescription type, String method) {
        return !type.getDeclaredMethods().filter(ElementMatchers.named(method)).isEmpty();
    }

    /** {@code master.MasterLoop.Candidate} is {@code dev.belfry.master.MasterLoop$Candidate}. */
    private static String binaryName(String name) {
        return "dev.belfry." + name.replaceAll("(?<=\\.|^)([A-Z]\\w*)\\.(?=[A-Z])", "$1\\$");
    }

    /** The row of a configuration: its result, its distinct states. */
    List<String> row(Configuration configuration) {
        List<List<String>> found = rows.stream()
                .filter(row -> row.get(0).equals("`" + configuration.name() + "`"))
                .toList();
        if (found.size() != 1 || found.get(0).size() < 4) {
            throw new AssertionError(
                    "docs/spec/README.md has " + found.size() + " rows for the configuration " + configuration.name());
        }
        return found.get(0);
    }

    /** The configurations that the page names. */
    List<String> configurations() {
        return rows.stream()
                .map(row -> row.get(0))
                .filter(cell -> cell.matches("`[A-Z]\\w+_\\w+`"))
                .map(cell -> cell.replace("`", ""))
                .toList();
    }
}
