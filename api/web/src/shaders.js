// The small program that draws circles and pictures (brush.js); a worker makes it first, so that it is known (worker.js).
const VERTEX = `#version 300 es
in vec2 corner;
in vec2 place;
in vec4 fill;
in vec4 line;
in float cell;
in mat4 matrix;
in vec4 scale; // two pixels as shares of the frame, pixels of the canvas to one of the page, pixels from the middle to the edge
in vec4 shape; // radius and width of its line, columns and rows of the pictures
out vec2 at;
out vec4 inner;
out vec4 outer;
flat out float picture;
flat out vec2 size;
flat out vec4 form;
void main() {
  vec4 middle = matrix * vec4(place, 0.0, 1.0);
  gl_Position = vec4(middle.xy / middle.w + corner * scale.w * scale.xy, 0.0, 1.0);
  at = corner;
  inner = vec4(fill.rgb * fill.a, fill.a);
  outer = line;
  picture = cell;
  size = scale.zw;
  form = shape;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D pictures;
in vec2 at;
in vec4 inner;
in vec4 outer;
flat in float picture;
flat in vec2 size;
flat in vec4 form;
out vec4 paint;
void main() {
  if (form.z > 0.0) {
    vec2 cell = vec2(mod(picture, form.z), floor(picture / form.z));
    paint = texture(pictures, (cell + 0.5 + vec2(at.x, -at.y) * 0.5) / form.zw);
    return;
  }
  float far = length(at) * size.y;
  float whole = clamp((form.x + form.y - far) * size.x + 0.5, 0.0, 1.0);
  paint = mix(outer, inner, clamp((form.x - far) * size.x + 0.5, 0.0, 1.0)) * whole;
}`;

/**
 * Where each part of a point goes in; a matrix takes four places. What is the same for all points goes in beside them, not as
 * uniforms: where those lie would have to be asked, and the answer waits until all that was drawn is done.
 */
export const PARTS = { corner: 0, place: 1, fill: 2, line: 3, cell: 4, matrix: 5, scale: 9, shape: 10 };

/** Make the program; whether it went well is not asked: that waits, and a browser tells what failed in its console. */
export function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  for (const [name, number] of Object.entries(PARTS)) gl.bindAttribLocation(program, number, name);
  gl.linkProgram(program);
  return program;
}
