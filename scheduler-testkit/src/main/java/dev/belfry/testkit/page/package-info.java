/** Pages of the documentation that follow from the code, and the test that they do. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.page;
