/** An example: last night's sales, from the files of the shops to a page of HTML, as a workflow over a database. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.nightly;
