package dev.belfry.examples.search.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file says of itself in one sentence: the first of the comment on its top-level type in Java, and of the first
 * line of prose elsewhere. It serves as the query whose right answer is known to be that file.
 */
public final class Summary {
    private static final int LONGEST = 300;
    private static final int PROSE_WORDS = 5;
    private static final Pattern TYPE = Pattern.compile(
            "^(?:(?:public|final|abstract|sealed|non-sealed|strictfp) +)*(?:class|interface|enum|record|@interface) +\\w",
            Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package +[\\w.]+ *;", Pattern.MULTILINE);
    private static final Pattern MARGIN = Pattern.compile("(?m)^\\s*\\*+ ?");
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@\\w");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s*([^{}]*)}");
    private static final Pattern MARKUP = Pattern.compile("<[^<>]*>");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s)|(?<=[。！？])");
    private static final Pattern LINE_MARGIN = Pattern.compile("^[\\s#*/;%=<>!-]+");

    private Summary() {}

    /**
     * The summary of a file, in one line of at most 300 characters without TAB; empty when it has none.
     *
     * @param path the file's path; its ending tells the kind of text
     */
    public static String of(String path, String text) {
        return path.endsWith(".java") ? ofJava(text) : ofProse(text);
    }

    private static String ofJava(String text) {
        Matcher type = TYPE.matcher(text);
        if (!type.find()) {
            return "";
        }
        int open = text.lastIndexOf("/**", type.start());
        int close = open < 0 ? -1 : text.indexOf("*/", open + 3);
        // A comment that stands before the package is the licence, not a description of the type.
        if (close < 0
                || close > type.start()
                || PACKAGE.matcher(text).region(close, type.start()).find()) {
            return "";
        }
        String comment = MARGIN.matcher(text.substring(open + 3, close)).replaceAll("");
        Matcher tag = BLOCK_TAG.matcher(comment);
        String description = tag.find() ? comment.substring(0, tag.start()) : comment;
        return sentence(INLINE_TAG.matcher(description).replaceAll("$1"));
    }

    private static String ofProse(String text) {
        return text.lines()
                .limit(200)
                .map(line -> LINE_MARGIN.matcher(line).replaceFirst(""))
                .map(Summary::sentence)
                .filter(line -> line.split(" ").length >= PROSE_WORDS)
                .findFirst()
                .orElse("");
    }

    private static String sentence(String prose) {
        String plain = MARKUP.matcher(prose).replaceAll(" ");
        String line = SPACE.matcher(plain + " ").replaceAll(" ");
        Matcher end = SENTENCE_END.matcher(line);
        String first = (end.find() ? line.substring(0, end.start()) : line).strip();
        return first.length() <= LONGEST ? first : first.substring(0, LONGEST).strip();
    }
}
